import asyncio

import pytest

from airdock.connectors.broker.inbox import Inbox
from airdock.spec.trigger import Arrival


async def test_arrivals_come_in_order_and_then_the_error() -> None:
    inbox = Inbox()
    waiting = asyncio.ensure_future(anext(inbox))
    await asyncio.sleep(0)
    waiting.cancel()
    for number in range(2):
        inbox.put(Arrival(number))
    inbox.break_off(OSError("first"))
    inbox.break_off(OSError("second"))
    assert [(await anext(aiter(inbox))).body for _ in range(2)] == [0, 1]
    for _ in range(2):
        with pytest.raises(OSError, match="first"):
            await anext(inbox)
