import asyncio

import pytest

from airdock.steps.common.at_once import Waiting, at_once


async def value_of(pause: asyncio.Future[str] | None) -> str:
    return "at once" if pause is None else await pause


def test_what_need_not_wait_is_done_outside_of_any_loop() -> None:
    assert at_once(value_of(None)) == "at once"


async def test_what_waits_goes_on_in_the_task_that_awaits_it() -> None:
    pause: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    waiting = at_once(value_of(pause))
    assert isinstance(waiting, Waiting)
    asyncio.get_running_loop().call_soon(pause.set_result, "later")
    assert await waiting == "later"


async def test_what_it_waits_for_several_times_is_waited_for() -> None:
    async def call() -> int:
        for _ in range(3):
            await asyncio.sleep(0)
        await asyncio.sleep(0.001)
        return 7

    waiting = at_once(call())
    assert isinstance(waiting, Waiting)
    assert await asyncio.wait_for(waiting, 5) == 7


async def test_a_cancellation_reaches_what_waits_and_may_be_answered_with_more_waiting() -> None:
    seen: list[str] = []

    async def call() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            seen.append("tidied up")
            raise

    async def wait() -> None:
        waiting = at_once(call())
        assert isinstance(waiting, Waiting)
        await waiting

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["tidied up"]


async def test_errors_are_raised_at_once_and_later() -> None:
    async def call(pause: bool) -> None:
        if pause:
            await asyncio.sleep(0)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        at_once(call(False))
    waiting = at_once(call(True))
    assert isinstance(waiting, Waiting)
    with pytest.raises(ValueError, match="no"):
        await waiting


async def test_what_is_given_up_is_closed() -> None:
    seen: list[str] = []

    async def call() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            seen.append("closed")

    async def wait() -> None:
        waiting = at_once(call())
        assert isinstance(waiting, Waiting)
        await waiting

    given_up = wait()
    given_up.send(None)
    given_up.close()
    assert seen == ["closed"]
