"""Runs whose answer goes out piece by piece before they end."""

from collections.abc import Awaitable

from airdock.exchange import Exchange, Step, StopRun


def delivering(run: Step) -> Step:
    """A flow whose request takes what it gave as its last step, so that streams are read while the run holds them."""

    def whole(exchange: Exchange) -> Awaitable[None]:
        return _delivered(run, exchange)

    return whole


async def _delivered(run: Step, exchange: Exchange) -> None:
    try:
        pending = run(exchange)
        if pending is not None:
            await pending
    except StopRun:
        pass
    await exchange.request.deliver(exchange)
