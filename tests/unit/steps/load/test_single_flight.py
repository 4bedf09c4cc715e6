import asyncio
import random

import pytest

from airdock.errors import FlowError
from airdock.steps.load.single_flight import SingleFlight
from airdock.testing.virtual import VirtualClock, run_virtually


@pytest.mark.parametrize("seed", range(100))
def test_one_works_at_a_time_and_everybody_ends(seed: int) -> None:
    """Some who work fail, some are cut off; who waits gets a value made after it came, an error, or works itself."""
    chance = random.Random(seed)
    working = 0
    ended: list[int] = []

    async def main() -> None:
        clock, flights = VirtualClock(), SingleFlight()

        async def work() -> bytes:
            nonlocal working
            working += 1
            try:
                assert working == 1
                await clock.sleep(chance.choice([0, 1, 2]))
                if chance.random() < 0.3:
                    raise FlowError("a.b", "no")
                return str(clock.monotonic()).encode()
            finally:
                working -= 1

        async def one(number: int) -> None:
            came = clock.monotonic()
            try:
                while (flight := flights.find("k")) is not None:
                    landed = await flights.join(flight)
                    if landed.done:
                        assert landed.value is not None
                        assert float(landed.value) >= came
                        return
                await flights.lead("k", work())
            except FlowError:
                return
            finally:
                ended.append(number)

        tasks = []
        for number in range(20):
            tasks.append(asyncio.create_task(one(number)))
            await clock.sleep(chance.choice([0, 0.5, 1]))
            if chance.random() < 0.3:
                chance.choice(tasks).cancel()
        async with asyncio.timeout(1000):
            await asyncio.gather(*tasks, return_exceptions=True)
        failed = [task.exception() for task in tasks if not task.cancelled() and task.exception()]
        assert failed == []
        assert flights.find("k") is None

    run_virtually(main)
    assert sorted(ended) == list(range(20))


async def test_each_one_who_waited_has_an_error_of_its_own() -> None:
    flights = SingleFlight()
    error = FlowError("a.b", "no", status=409, details={"x": 1})
    fails = asyncio.Event()

    async def work() -> bytes:
        await fails.wait()
        raise error

    async def join() -> FlowError:
        flight = flights.find("k")
        assert flight is not None
        asyncio.get_running_loop().call_soon(fails.set)
        with pytest.raises(FlowError) as raised:
            await flights.join(flight)
        return raised.value

    leading = asyncio.create_task(flights.lead("k", work()))
    await asyncio.sleep(0)
    one, other = await asyncio.gather(join(), join())
    with pytest.raises(FlowError):
        await leading
    assert len({id(each) for each in (error, one, other)}) == 3
    assert (one.code, one.message, one.status, one.details) == ("a.b", "no", 409, {"x": 1})
