"""`onError`: the handlers that take an error of a flow's steps where it happens."""

from collections.abc import Callable
from typing import NamedTuple

from airdock.engine.retry import RetryPolicy, try_again
from airdock.errors import FlowError, as_flow_error
from airdock.exchange import Exchange, Step, StepInfo
from airdock.spec.error_filter import ErrorFilter


class FlowEnded(BaseException):
    """A handler took the error and the flow that owns it ends well. Not an error: no handler sees it."""

    def __init__(self, recovery: "Recovery") -> None:
        super().__init__()
        self.recovery = recovery


class Handler(NamedTuple):
    """An entry of `onError`, compiled."""

    errors: ErrorFilter
    retry: RetryPolicy | None
    steps: Step
    handled: bool
    continues: bool


class Recovery:
    """The handlers of one flow, its project's behind its own."""

    def __init__(self, handlers: Callable[[], tuple[Handler, ...]]) -> None:
        """`handlers` gives the compiled handlers; called once, when the first error comes."""
        self._make = handlers
        self._handlers: tuple[Handler, ...] | None = None

    def find(self, error: FlowError, exchange: Exchange) -> Handler | None:
        """The first handler that takes the error."""
        if self._handlers is None:
            self._handlers = self._make()
        return next((handler for handler in self._handlers if handler.errors.takes(error, exchange)), None)

    async def take(self, handler: Handler, step: Step, exchange: Exchange, error: FlowError) -> None:
        """Tries the step again, then runs the handler's steps.

        Returns when the flow goes on behind the step.

        Raises:
            FlowEnded: the error is handled and the flow ends.
            FlowError: the error stays one.
        """
        if handler.retry is not None:
            with exchange.repairing(error):
                last = await try_again(step, exchange, handler.retry, error)
            if last is None:
                return
            error = self._as_of(error, last)
        with exchange.handling(error):
            pending = handler.steps(exchange)
            if pending is not None:
                await pending
        if handler.continues:
            return
        if handler.handled:
            raise FlowEnded(self)
        raise error

    def _as_of(self, first: FlowError, last: FlowError) -> FlowError:
        """The error of the last attempt, which these handlers have taken as they took the first."""
        last.step = last.step or first.step
        last.recovery = self
        last.checkpoint = first.checkpoint
        return last


def located(error: Exception, info: StepInfo) -> FlowError:
    """The error as a FlowError that knows where it happened first."""
    failure = as_flow_error(error)
    if not failure.step:
        failure.step = info.path
    return failure


def unhandled_by(recovery: Recovery | None, step: Step) -> Step:
    """The step, whose errors these handlers do not take."""

    async def run(exchange: Exchange) -> None:
        try:
            pending = step(exchange)
            if pending is not None:
                await pending
        except FlowError as error:
            error.recovery = recovery
            raise

    return run
