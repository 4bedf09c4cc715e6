from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Boolean, Choice, Duration, Integer, Steps, Text
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.step import Compiled, Compiler, Resuming, Step, changed
from airdock.steps.common.at_once import Waiting
from airdock.steps.common.correlation import naming
from airdock.steps.keeping.idempotent_keys import Held, Keys, Terms
from airdock.steps.keeping.room import Bound, Room


class Idempotent(Step):
    """Runs its steps once for each key: Camel's idempotent consumer.

    The key is held before the steps run, so that a message which comes again meanwhile is caught, and remembered for
    `ttl` when they have ended well, be it by `stop` or because the flow's `onError` handled what failed. When they
    fail, or the run is cut off, it is removed, and the next message with the key is processed. For a duplicate the
    steps do not run; `onDuplicate` runs if it is there, and the flow goes on behind the step. The property `duplicate`
    tells which it was.

    What comes again while the first one is under way waits for its end (`inFlight`): then it is a duplicate, or its
    steps run because the first one failed. So a message that is sent again is never acknowledged for one that fails
    later. With `duplicate` it is one at once, as in Camel; with `reject` it fails with `idempotent.inFlight`, and so
    does a step that would wait for another one around it in the same run.

    In the durable store a key outlives the process and is known to all processes and nodes. A key that is held is a
    loan: its process prolongs it while the steps run, and when the process is gone it is free after `lease`. In memory
    each process has keys of its own, at most `maxKeys`; in the durable store the `ttl` alone bounds them.

    Steps must bear to run twice all the same: a process may be killed between their end and the note of it. A run that
    is retried from a step inside goes on without the key. Steps that come to the same key in the same `repository`
    again wait for themselves, until a `timeout` ends it.
    """

    type = "idempotent"
    group = "reliability"
    stateful = True
    example = {
        "type": "idempotent",
        "key": "headers.`idempotency-key`",
        "ttl": "7d",
        "steps": [{"type": "flow", "module": "/shop/book.flow"}],
        "onDuplicate": [{"type": "respond", "status": 200, "body": {"state": "known already"}}],
    }

    key: Expression | None = field(
        ExpressionKind(),
        "What tells messages apart, of any length; a message for which it is missing or empty fails with"
        " `idempotent.key`.",
        default=REQUIRED,
        example="body.order",
    )
    steps: list[Step] = field(Steps(1), "What runs once.", default=REQUIRED)
    on_duplicate: list[Step] = field(Steps(), "What runs for a duplicate in place of the steps.", default=[])
    skip_duplicate: bool = field(
        Boolean(), "Off: the steps run for duplicates, too, and look at the property `duplicate`.", default=True
    )
    duplicate: str = field(
        Text(r".+", "a name"), "The property that is true for a duplicate and false for others.", default="duplicate"
    )
    eager: bool = field(
        Boolean(),
        "Off: the key is added only when the steps have ended well, and what comes meanwhile is processed, too.",
        default=True,
    )
    remove_on_failure: bool = field(
        Boolean(), "Off: the key stays when the steps fail, and the message is not processed again.", default=True
    )
    in_flight: str = field(
        Choice(("wait", "duplicate", "reject")),
        "What comes again while the first one is under way: waits for its end, is a duplicate, or fails.",
        default="wait",
    )
    repository: str = field(
        Text(r".+", "a name"),
        "A name under which steps of the project share keys; each step has its own if left out.",
        default="",
        example="orders",
    )
    ttl: float = field(Duration(), "How long a key is remembered.", default=86400.0, unit="s", example="7d")
    store: str = field(Choice(("durable", "memory")), "Where keys are kept.", default="durable")
    lease: float = field(
        Duration(),
        "After so long a key that a process held when it was killed is free again; in the durable store.",
        default=30.0,
        unit="s",
        example="30s",
    )
    max_keys: int = field(Integer(1, 10_000_000), "So many keys are kept in memory.", default=100_000)
    when_full: str = field(
        Choice(("dropOldest", "reject")),
        "What happens for one more: the oldest is forgotten, or the message fails with `idempotent.full`.",
        default="dropOldest",
    )

    @property
    def sets(self) -> tuple[str, ...]:
        return (self.duplicate,)

    def compile(self, compiler: Compiler) -> Compiled:
        steps = compiler.block(self.steps)
        if self.key is None:
            return steps
        once = _Once(self, naming(self.key, "idempotent.key"), self._keys(compiler), steps)
        if self.on_duplicate:
            once.instead = compiler.block(self.on_duplicate)
        elif not self.skip_duplicate:
            once.instead = steps
        if not self.eager:
            return once.run_lazily
        return once.run_in_memory if self.store == "memory" else once.run

    def _keys(self, compiler: Compiler) -> Keys:
        name = self.repository
        space = compiler.shared_space(f"idempotent/{name}") if name else compiler.space(self)
        if self.store == "durable":
            terms = Terms(self.ttl, self.lease, self.in_flight)
            return Keys(compiler.stores.durable, space, compiler.clock, terms, None)
        store = compiler.stores.memory
        room = Room(store, space, Bound(self.max_keys, self.when_full, "idempotent.full"))
        return Keys(store, space, compiler.clock, Terms(self.ttl, None, self.in_flight), room)

    def resumed(self, inside: Resuming) -> "Idempotent | None":
        # The message may be another one by now, and so may its key.
        rest = inside.rest(self.steps) or inside.rest(self.on_duplicate)
        return changed(self, key=None, steps=rest) if rest else None

    @classmethod
    def check(cls, element: "Idempotent") -> list[tuple[str, str]]:
        problems = []
        if element.ttl <= 0:
            problems.append(("ttl", "a key that is not remembered catches nothing: give a time"))
        if element.lease < 1:
            problems.append(("lease", "a lease is a second at least, as it must be prolonged in time"))
        if element.on_duplicate and not element.skip_duplicate:
            problems.append(
                ("onDuplicate", "with `skipDuplicate` off the `steps` run for duplicates: keep one of the two")
            )
        return problems


_NOT_DONE = (Exception, CancelledError, KeyboardInterrupt, SystemExit)
"""How steps end that did not do their work. The rest is `stop`, and what says that a handler took an error."""


_HELD: ContextVar[frozenset[tuple[str, str, str]]] = ContextVar("_HELD", default=frozenset())
"""What is held around the steps that run: space, key, and the id of the run."""


class _Once:
    """Runs steps for messages that come first."""

    def __init__(self, step: Idempotent, key: Callable[[Exchange], str], keys: Keys, steps: Compiled) -> None:
        self.instead: Compiled | None = None
        self._key = key
        self._keys = keys
        self._steps = steps
        self._property = step.duplicate
        self._waits = step.in_flight == "wait"
        self._fail = keys.failed if step.remove_on_failure else keys.done

    def run(self, exchange: Exchange) -> Awaitable[None] | None:
        """Holds the key, then runs the steps."""
        return self._go_on_with(self._hold(self._key(exchange), exchange), exchange)

    def run_in_memory(self, exchange: Exchange) -> Awaitable[None] | None:
        """The same, where a key costs less than the way that waits for a store."""
        keys, key = self._keys, self._key(exchange)
        if not keys.take_in_memory(key):
            return self._go_on_with(self._hold(key, exchange), exchange)
        exchange.properties[self._property] = False
        try:
            pending = self._steps(exchange)
        except _NOT_DONE as error:
            return _raise_behind(self._fail(keys.goes_on(key)), error)
        return None if pending is None else self._finish(keys.goes_on(key), pending, exchange)

    async def run_lazily(self, exchange: Exchange) -> None:
        """Runs the steps, then adds the key."""
        key = self._key(exchange)
        known = await self._keys.knows(key)
        exchange.properties[self._property] = known
        steps = self.instead if known else self._steps
        if steps is None:
            return
        try:
            pending = steps(exchange)
            if pending is not None:
                await pending
        except (*_NOT_DONE, GeneratorExit):
            raise
        except BaseException:
            if not known:
                await self._keys.remember(key)
            raise
        if not known:
            await self._keys.remember(key)

    def _hold(self, key: str, exchange: Exchange) -> Held | Waiting[Held | None] | None:
        if self._waits and (self._keys.space, key, exchange.run.id) in _HELD.get():
            raise FlowError(
                "idempotent.inFlight",
                f"a step around this one holds the key {key[:80]!r} already, so that the run would wait for itself:"
                " leave one of the two out, or give them repositories of their own",
            )
        return self._keys.hold(key)

    def _go_on_with(self, held: Held | Waiting[Held | None] | None, exchange: Exchange) -> Awaitable[None] | None:
        return self._behind(held, exchange) if isinstance(held, Waiting) else self._go_on(held, exchange)

    async def _behind(self, waiting: Waiting[Held | None], exchange: Exchange) -> None:
        pending = self._go_on(await waiting, exchange)
        if pending is not None:
            await pending

    def _go_on(self, held: Held | None, exchange: Exchange) -> Awaitable[None] | None:
        exchange.properties[self._property] = held is None
        if held is None:
            return None if self.instead is None else self.instead(exchange)
        try:
            with self._holding(held, exchange):
                pending = self._steps(exchange)
        except _NOT_DONE as error:
            return _raise_behind(self._fail(held), error)
        except BaseException as end:  # noqa: BLE001 -- the flow ends well
            return _raise_behind(self._keys.done(held), end)
        if pending is not None:
            return self._finish(held, pending, exchange)
        return self._keys.done(held)

    async def _finish(self, held: Held, pending: Awaitable[None], exchange: Exchange) -> None:
        try:
            with self._holding(held, exchange):
                await pending
        except GeneratorExit:
            raise
        except _NOT_DONE:
            await _ended(self._fail(held))
            raise
        except BaseException:
            await _ended(self._keys.done(held))
            raise
        await _ended(self._keys.done(held))

    @contextmanager
    def _holding(self, held: Held, exchange: Exchange) -> Iterator[None]:
        """Lets steps inside know that the run holds the key, in whichever of its tasks they run."""
        before = _HELD.get()
        _HELD.set(before | {(self._keys.space, held.key, exchange.run.id)})
        try:
            yield
        finally:
            _HELD.set(before)


async def _ended(waiting: Waiting[None] | None) -> None:
    if waiting is not None:
        await waiting


def _raise_behind(waiting: Waiting[None] | None, error: BaseException) -> Awaitable[None]:
    if waiting is None:
        raise error
    return _raise_later(waiting, error)


async def _raise_later(waiting: Waiting[None], error: BaseException) -> None:
    await waiting
    raise error
