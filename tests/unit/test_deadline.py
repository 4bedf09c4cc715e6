import asyncio

import pytest

from airdock.deadline import DeadlineError, within


async def number() -> int:
    return 5


async def test_gives_the_value_in_time() -> None:
    assert await within(60, number()) == 5


async def test_cancels_what_is_awaited() -> None:
    ended = asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    with pytest.raises(DeadlineError):
        await within(0.01, wait())
    assert ended.is_set()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_errors_pass_a_timeout_error_too() -> None:
    async def fail() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        await within(60, fail())


async def test_a_cancellation_from_outside_goes_on() -> None:
    task = asyncio.create_task(within(60, asyncio.sleep(3600)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_inner_of_two_does_not_take_the_outers() -> None:
    async def inner() -> str:
        try:
            return await within(60, asyncio.sleep(3600, "late"))
        except DeadlineError:
            return "inner"

    with pytest.raises(DeadlineError):
        await within(0.01, inner())


async def test_the_outer_goes_on_when_the_inner_is_over() -> None:
    async def inner() -> str:
        try:
            await within(0.01, asyncio.sleep(3600))
        except DeadlineError:
            return "inner"
        return "late"

    assert await within(60, inner()) == "inner"


async def test_a_value_that_came_with_the_cut_off_is_kept_or_refused_but_never_cancels_later() -> None:
    for _ in range(50):
        try:
            assert await within(0.001, asyncio.sleep(0.001, 7)) == 7
        except DeadlineError:
            pass
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
        await asyncio.sleep(0)
