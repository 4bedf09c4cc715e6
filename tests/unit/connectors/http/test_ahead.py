import asyncio
from typing import Any

import pytest

from airdock.connectors.http.ahead import Made, read_ahead
from airdock.connectors.http.calls import Upgrade
from airdock.connectors.http.fake_streams import pair
from airdock.connectors.http.sockets import Content
from airdock.errors import FlowError
from airdock.spec.trigger import ReadAhead


def number(content: Content) -> int:
    if not content.isdigit():
        raise FlowError("connector.http.response", "it is no number")
    return int(content)


async def test_what_is_left_is_given_once_and_then_the_loss_is_told() -> None:
    near, far = pair(Upgrade())
    async with read_ahead(near, 1000) as ahead:
        made = Made(ahead, number)
        seen: Any = made
        assert isinstance(seen, ReadAhead)
        for content in ("1", "2", "3", "x", "4"):
            await far.send(content)
        assert await anext(made) == 1
        await far.close(1001)
        async with asyncio.timeout(10):
            await made.lost.wait()
        # Behind what is no message nothing counts.
        assert made.left() == [2, 3]
        assert made.left() == []
        with pytest.raises(FlowError) as caught:
            await anext(made)
        assert caught.value.code == "connector.unavailable"


async def test_bytes_that_wait_have_a_bound() -> None:
    near, far = pair(Upgrade())
    async with read_ahead(near, 10) as ahead:
        for _ in range(5):
            await far.send("x" * 6)
        await far.close()
        async with asyncio.timeout(10):
            assert await ahead.take() == "x" * 6
        # The socket is not read to its end while so much waits.
        assert not ahead.lost.is_set()
        async with asyncio.timeout(10):
            assert [await ahead.take() for _ in range(4)] == ["x" * 6] * 4
            await ahead.lost.wait()
