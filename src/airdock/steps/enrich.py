from collections.abc import Awaitable

from airdock.branch import branch_of
from airdock.errors import as_flow_error
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.response import ABSENT
from airdock.spec.fields import field
from airdock.spec.kinds import MapOf
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler
from airdock.steps.branches.resources import EnrichingStep, drop, taking
from airdock.steps.common.values import one_flow


class Enrich(EnrichingStep):
    """Fetches something by another flow and adds it to the message: Camel's content enricher.

    The resource is a flow, in place or by its path, that works on a copy of the message; with `body` and `headers` on
    one that is made for it. What it leaves as its body is the result. Left out, `aggregate` makes the result the body;
    with `result` it goes into that property and the message stays as it is. An expression in `aggregate` sees the
    message as ever and the result as `resource`, with `body`, `headers`, `properties` and `error`, so that it can put
    the two together.

    Headers and properties that the resource sets stay in its copy. What it writes to the answer (`output`) is no
    result: it is put behind what the flow has written. `stop` ends the resource alone. If the resource fails, so does
    the step, unless `aggregateOnException` hands the error to `aggregate`; what it wrote is then dropped.
    """

    type = "enrich"
    group = "enrichment"
    example = {
        "type": "enrich",
        "flow": {"steps": [{"type": "transform", "expression": "{'amount': 9.5}"}]},
        "aggregate": "$merge([body, {'price': resource.body.amount}])",
    }

    body: Template | None = field(
        TemplateKind(), "The resource's body; a copy of the message's if left out.", example={"id": "${body.id}"}
    )
    headers: dict[str, Template] = field(
        MapOf(TemplateKind(types=("string", "number"))),
        "Headers that the resource has beside those of the message.",
        default={},
        example={"currency": "EUR"},
    )

    @property
    def reads_body(self) -> bool:
        return True

    def compile(self, compiler: Compiler) -> Compiled:
        resource, take, path = compiler.branch(one_flow(self, compiler)), taking(self), self.path
        body, headers = self.body, tuple((name, value.evaluate) for name, value in self.headers.items())

        async def wait(exchange: Exchange, branch: Exchange, pending: Awaitable[None]) -> None:
            try:
                await pending
                error = None
            except Exception as failure:  # noqa: BLE001 -- what any step raises is the resource's error
                error = as_flow_error(failure)
            except BaseException:
                drop(exchange, branch, path)
                raise
            take(exchange, branch, error)

        def enrich(exchange: Exchange) -> Awaitable[None] | None:
            branch = branch_of(exchange, ABSENT if body is None else body.evaluate(exchange))
            for name, value in headers:
                branch.headers[name] = value(exchange)
            try:
                pending = resource(branch)
                error = None
            except Exception as failure:  # noqa: BLE001 -- as above
                pending, error = None, as_flow_error(failure)
            return take(exchange, branch, error) if pending is None else wait(exchange, branch, pending)

        return enrich
