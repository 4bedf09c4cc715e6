"""Threads for scripts."""

import asyncio
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from airdock.errors import FlowError
from airdock.scripts.pool import WorkerPool


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool("test", 2, queue=1)
    yield pool
    pool.close()


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    gate = threading.Event()
    yield gate
    gate.set()


async def until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 -- a thread changes it
            await asyncio.sleep(0.001)


async def test_a_call_runs_in_a_thread_of_the_pool(pool: WorkerPool) -> None:
    name = await pool.run(lambda: threading.current_thread().name)
    assert name.startswith("test-")


async def test_an_error_reaches_the_awaiter(pool: WorkerPool) -> None:
    def fail() -> None:
        raise LookupError("no")

    with pytest.raises(LookupError):
        await pool.run(fail)
    assert await pool.run(lambda: 3) == 3


async def test_as_many_run_as_there_are_workers_and_the_rest_waits(pool: WorkerPool, gate: threading.Event) -> None:
    running = [asyncio.ensure_future(pool.run(gate.wait)) for _ in range(3)]
    await until(lambda: pool.running == 2)
    with pytest.raises(FlowError) as caught:
        await pool.run(gate.wait)
    assert caught.value.code == "script.busy"
    gate.set()
    assert await asyncio.gather(*running) == [True, True, True]


async def test_an_abandoned_thread_is_replaced(pool: WorkerPool, gate: threading.Event) -> None:
    told: list[str] = []
    stuck = [asyncio.ensure_future(pool.run(gate.wait, lambda: told.append("given up"))) for _ in range(2)]
    await until(lambda: pool.running == 2)
    for task in stuck:
        task.cancel()
    await asyncio.gather(*stuck, return_exceptions=True)
    assert (told, pool.abandoned) == (["given up", "given up"], 2)
    assert await pool.run(lambda: "served") == "served"
    gate.set()
    await until(lambda: pool.abandoned == 0)
    assert await pool.run(lambda: "still") == "still"


async def test_only_so_many_are_replaced(gate: threading.Event) -> None:
    pool = WorkerPool("test", 1, queue=0, spare=1)
    for _ in range(2):
        task = asyncio.ensure_future(pool.run(gate.wait))
        await until(lambda: pool.running == pool.abandoned + 1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    with pytest.raises(FlowError, match="scripts run"):
        await pool.run(lambda: None)
    gate.set()
    await until(lambda: pool.abandoned == 0)
    pool.close()


async def test_a_call_that_is_cancelled_while_it_waits_never_runs(pool: WorkerPool, gate: threading.Event) -> None:
    ran: list[int] = []
    running = [asyncio.ensure_future(pool.run(gate.wait)) for _ in range(2)]
    await until(lambda: pool.running == 2)
    waiting = asyncio.ensure_future(pool.run(lambda: ran.append(1)))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    gate.set()
    await asyncio.gather(*running)
    assert (ran, pool.abandoned) == ([], 0)


async def test_an_abandoned_call_of_python_code_is_stopped() -> None:
    pool = WorkerPool("test", 2, stops=True)
    ended: list[str] = []

    def loop() -> None:
        try:
            while True:
                pass
        finally:
            ended.append("ended")

    for _ in range(4):
        task = asyncio.ensure_future(pool.run(loop))
        await until(lambda: pool.running > pool.abandoned)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await until(lambda: pool.abandoned == 0)
    assert (len(ended), pool.running) == (4, 0)
    assert await pool.run(lambda: "served") == "served"
    pool.close()


async def test_a_stop_hits_the_call_that_is_meant_and_nothing_else() -> None:
    """Calls that end by themselves just when they are given up."""
    pool = WorkerPool("test", 2, stops=True)
    for turns in range(400):
        task = asyncio.ensure_future(pool.run(partial(sum, range(turns * 20))))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await pool.run(partial(str, turns)) == str(turns)
    await until(lambda: pool.abandoned == pool.running == 0)
    pool.close()


async def test_what_is_left_to_do_afterwards_holds_up_no_awaiter(gate: threading.Event) -> None:
    pool = WorkerPool("test", 1)
    names: list[str] = []

    def afterwards() -> None:
        gate.wait()
        names.append(threading.current_thread().name)

    assert await pool.run(lambda: 1, afterwards=afterwards) == 1
    assert names == []
    gate.set()
    assert await pool.run(lambda: threading.current_thread().name) == names[0]
    pool.close()
