from collections.abc import Awaitable, Callable

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.spec.error_filter import ErrorFilter
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.kinds import ListOf, Record, Steps, Text
from airdock.spec.step import Compiled, Compiler, Resuming, Step, changed


class Catch(Spec):
    """Which errors are caught and what then runs."""

    on: list[str] = field(ListOf(Text()), "Error codes or globs; all if left out.", example=["order.*"])
    when: Expression | None = field(
        ExpressionKind(), "Caught only if this is true; it sees `error`.", example="error.status = 404"
    )
    steps: list[Step] = field(Steps(), "What runs; `error` is the error.", default=REQUIRED)


class Try(Step):
    """Runs steps and catches their errors.

    The first entry of `catch` that matches takes the error: its steps run and the flow goes on behind the `try`. An
    error that no entry takes goes to the flow's `onError`. `finally` runs in any case.
    """

    type = "try"
    group = "reliability"
    example = {
        "type": "try",
        "steps": [{"type": "throw", "code": "order.unknown", "message": "no order ${request.query.id}"}],
        "catch": [{"on": ["order.*"], "steps": [{"type": "output", "message": "refused: ${error.message}"}]}],
        "finally": [{"type": "log", "message": "looked at an order"}],
    }

    steps: list[Step] = field(Steps(), "What is tried.", default=REQUIRED)
    catch: list[Catch] = field(ListOf(Record(Catch)), "Handlers, in order.", default=[])
    finally_: list[Step] = field(Steps(), "What runs in the end, whatever happened.", name="finally", default=[])

    def compile(self, compiler: Compiler) -> Compiled:
        body = compiler.guarded(self.steps)
        clauses = tuple(
            (ErrorFilter(tuple(each.on or ()), each.when), compiler.block(each.steps)) for each in self.catch
        )
        ensure = compiler.block(self.finally_) if self.finally_ else None

        async def attempt(exchange: Exchange) -> None:
            depth = exchange.depth
            try:
                await _wait_for(body, exchange)
            except FlowError as error:
                exchange.depth = depth
                handler = next((steps for errors, steps in clauses if errors.takes(error, exchange)), None)
                if handler is None:
                    raise
                with exchange.handling(error):
                    await _wait_for(handler, exchange)

        return attempt if ensure is None else _ensuring(attempt, ensure)

    def resumed(self, inside: Resuming) -> "Try | None":
        if rest := inside.rest(self.steps):
            return changed(self, steps=rest)
        if rest := inside.rest(self.finally_):
            return changed(self, steps=[], catch=[], finally_=rest)
        return None


def _ensuring(attempt: Callable[[Exchange], Awaitable[None]], ensure: Compiled) -> Compiled:
    """The attempt, and in the end, whatever happened, the steps that ensure something."""

    async def run(exchange: Exchange) -> None:
        try:
            await attempt(exchange)
        except BaseException as error:
            with exchange.repairing(error):
                await _wait_for(ensure, exchange)
            raise
        await _wait_for(ensure, exchange)

    return run


async def _wait_for(step: Compiled, exchange: Exchange) -> None:
    pending = step(exchange)
    if pending is not None:
        await pending
