"""The edge of a branch: what ends a run inside it ends the branch."""

from collections.abc import Awaitable

from airdock.engine.recovery import FlowEnded
from airdock.exchange import Exchange, Step, StopRun


def branch_step(step: Step) -> Step:
    """The step on a branch's exchange: `stop` in it, and a handler that ends the flow, end the branch alone."""

    def run(exchange: Exchange) -> Awaitable[None] | None:
        pending = None
        try:
            pending = step(exchange)
        except (StopRun, FlowEnded):
            return None
        finally:
            if pending is None and exchange.endings is not None:
                exchange.end()
        return None if pending is None else _until_ended(pending, exchange)

    return run


async def _until_ended(pending: Awaitable[None], exchange: Exchange) -> None:
    try:
        await pending
    except (StopRun, FlowEnded):
        return
    finally:
        exchange.end()
