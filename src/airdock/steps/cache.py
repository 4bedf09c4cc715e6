from airdock.expressions import Expression, Template
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Choice, Duration, Integer, Size, Steps
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, ProducingStep, Resuming, Step, changed
from airdock.steps.common.values import seconds_of
from airdock.steps.load.caching import DurableCache, Space, Values, caching
from airdock.steps.load.kept_values import KeptValues


class Cache(ProducingStep):
    """Runs its steps once for a key and keeps what comes of it, for those who ask again.

    Kept is the body behind the steps, or the property that `result` names, for the time of `ttl`. Whoever has the same
    `key` until then gets a copy, and the steps do not run; what else they do (other properties, headers, the answer)
    is not done again. A value can be kept that is plain data; one that cannot, or is larger than all may be, is used
    and not kept, which the log tells once.

    Of several with one key that come at once to a process, one runs the steps and the others wait for it. When it
    fails they fail with the same error; when it is cut off, the next one goes on. A failure is never kept. Where the
    steps take care of an error themselves, as a `circuitBreaker` with an `onFallback` does, what comes of that is no
    failure any more: put the `cache` inside.

    The `memory` store is one of this process, in which those used least lately go when there are more than
    `maxEntries`, or when they are larger than `maxSize` together. The `durable` store is one for all processes and
    nodes, where those go whose time is over first.
    """

    type = "cache"
    group = "timing and load"
    stateful = True
    waits = True
    example = {
        "type": "cache",
        "key": "request.query.sku",
        "ttl": "5m",
        "steps": [{"type": "flow", "module": "/shop/price.flow"}],
    }

    key: Expression | None = field(
        ExpressionKind(),
        "What the value is kept for; a message for which it is missing or empty fails with `cache.key`.",
        default=REQUIRED,
        example="request.query.sku",
    )
    ttl: Template = field(
        TemplateKind(types=("string",), of=Duration()),
        "How long a value is kept; with `${}`, what it is behind the steps.",
        default=REQUIRED,
        example="5m",
    )
    max_entries: int = field(Integer(1, 10_000_000), "So many values are kept.", default=10_000)
    max_size: int = field(
        Size(),
        "They may be so large together, in `memory`; in any store none may be larger.",
        default=64 * 1024**2,
        unit="bytes",
        example="64MB",
    )
    store_: str = field(
        Choice(("memory", "durable")),
        "Where they are kept: in each process by itself, or for all.",
        name="store",
        default="memory",
    )
    steps: list[Step] = field(Steps(1), "What makes the value.", default=REQUIRED)

    def compile(self, compiler: Compiler) -> Compiled:
        steps = compiler.guarded(self.steps)
        if self.key is None:
            return steps
        values = Values(
            self.key, self.result, self.store(), seconds_of(self.ttl), largest=self.max_size, name=compiler.space(self)
        )
        if self.store_ == "memory":
            return caching(values, steps, KeptValues(self.max_entries, self.max_size), compiler.clock.monotonic)
        space = Space(compiler.stores.durable, compiler.space(self), compiler.clock.now, self.max_entries)
        return DurableCache(values, steps, space).run

    @property
    def reads_body(self) -> bool:
        return not self.result

    def resumed(self, inside: Resuming) -> "Cache | None":
        # The key of a message may be another one by now.
        rest = inside.rest(self.steps)
        return changed(self, key=None, steps=rest) if rest else None
