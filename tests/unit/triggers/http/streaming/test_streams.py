"""What is open: how many at most, and how it ends."""

import asyncio

import pytest

from airdock.errors import FlowError
from airdock.triggers.http.streaming.streams import GOING_AWAY, RESTART, Streams


async def test_so_many_may_be_open_and_then_others() -> None:
    streams = Streams(1)
    with streams.entered(lambda: True, 60):
        assert len(streams) == 1
        with pytest.raises(FlowError, match="in flight"), streams.entered(lambda: True, 60):
            pass
    with streams.entered(lambda: True, 60):
        pass
    assert len(streams) == 0


async def test_those_end_that_are_no_more_what_they_were_opened_for() -> None:
    streams = Streams(9)
    current = True
    with streams.entered(lambda: current, 60) as one, streams.entered(lambda: True, 60) as other:
        streams.refresh()
        assert not one.over.done()
        current = False
        streams.refresh()
        streams.refresh()
        assert one.over.result() == RESTART
        assert not other.over.done()


async def test_one_ends_when_its_time_is_over() -> None:
    with Streams(1).entered(lambda: True, 0.01) as one:
        assert await one.over == RESTART


async def test_all_end_when_the_server_stops_and_none_is_opened_any_more() -> None:
    streams = Streams(9)
    with streams.entered(lambda: True, 60) as one:
        stopped = asyncio.ensure_future(streams.stopped(60))
        assert await one.over == GOING_AWAY
        assert not stopped.done()
    await stopped
    with pytest.raises(FlowError), streams.entered(lambda: True, 60):
        pass


async def test_who_does_not_end_is_not_waited_for_without_end() -> None:
    streams = Streams(1)
    with streams.entered(lambda: True, 60):
        await streams.stopped(0.01)
