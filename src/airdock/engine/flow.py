"""Flows as steps: in place, or another flow by its path."""

from collections.abc import Awaitable

from airdock.engine.common import SetProperties, with_properties
from airdock.engine.recovery import FlowEnded, Recovery
from airdock.errors import FlowError
from airdock.exchange import Exchange, Step

MAX_DEPTH = 50
"""How many flows deep a run may call other flows."""
MAX_CALLS = 100_000
"""How many calls of flows a run may make."""
_COST_OF_TOO_DEEP = 1000
"""For how many calls one that is too deep counts: a flow that catches the error and calls itself anew must end soon."""


def flow_body(block: Step, set_properties: SetProperties | None, recovery: Recovery | None) -> Step:
    """A flow's steps behind its properties; an error that its own handlers took ends it well."""
    steps = block if recovery is None else _ending(block, recovery)
    return steps if set_properties is None else with_properties(steps, set_properties)


def _ending(block: Step, recovery: Recovery) -> Step:
    """Takes the end of the flow that a handler of it asked for. Handlers run awaited, so only awaiting can meet it."""

    def run(exchange: Exchange) -> Awaitable[None] | None:
        pending = block(exchange)
        return None if pending is None else _until_ended(pending, recovery)

    return run


async def _until_ended(pending: Awaitable[None], recovery: Recovery) -> None:
    try:
        await pending
    except FlowEnded as ended:
        if ended.recovery is not recovery:
            raise


def flow_call(path: str, key: str, begun: Step | None = None) -> Step:
    """Calls a flow as it was when the run began.

    Args:
        path: The flow's, for messages. key: Under which `Exchange.flows` has it.
        begun: What is left of the flow, where a run goes on inside it.

    The step raises FlowError `flow.missing` when there is none, and `flow.depth` when calls are nested too deep or are
    too many.
    """

    def run(exchange: Exchange) -> Awaitable[None] | None:
        flows = exchange.flows
        flow = begun or (flows.get(key) if flows is not None else None)
        if flow is None:
            raise FlowError("flow.missing", f"the flow {path!r} is not enabled")
        depth = exchange.depth
        if depth >= MAX_DEPTH:
            exchange.calls += _COST_OF_TOO_DEEP
            raise FlowError("flow.depth", f"flows call each other more than {MAX_DEPTH} deep; the last is {path!r}")
        if exchange.calls >= MAX_CALLS:
            raise FlowError("flow.depth", f"the run called flows more than {MAX_CALLS} times; the last is {path!r}")
        exchange.calls += 1
        exchange.depth = depth + 1
        pending = flow(exchange)
        if pending is not None:
            return _leave(pending, exchange, depth)
        exchange.depth = depth
        return None

    return run


async def _leave(pending: Awaitable[None], exchange: Exchange, depth: int) -> None:
    await pending
    exchange.depth = depth
