"""Runs that wait are listed, and cancelled when somebody asks for it."""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from airdock.errors import RefusedError
from airdock.runlog import RunStore
from airdock.triggers.http import Answer
from tests.unit.agent.retries import Place, text
from tests.unit.runlog.books import FLOW, Book, new_exchange

OpenBook = Callable[..., Book]
SLEEP = {"type": "delay", "duration": "60s", "name": "sleep"}


async def until(condition: Callable[[], Any]) -> Any:
    async with asyncio.timeout(20):
        while not (found := condition()):  # noqa: ASYNC110 -- another thread makes it true
            await asyncio.sleep(0.001)
    return found


def start(place: Place) -> "asyncio.Task[Answer]":
    return asyncio.create_task(place.call())


async def test_a_run_that_waits_is_listed_cancelled_and_its_caller_told(tmp_path: Path) -> None:
    with Place(tmp_path, running=0.02) as place:
        ensured = {"type": "try", "steps": [SLEEP], "finally": [{"type": "log", "message": "over"}]}
        place.write({"p/f.flow": {"steps": [{"type": "output", "message": "a"}, ensured], "onError": [{"steps": []}]}})
        task = start(place)
        (running,) = await until(place.store.running)
        assert (running.flow, running.project, running.method, running.path) == (
            "p/f.flow",
            "p",
            "GET",
            "/services/flow/p/f.flow",
        )
        assert not running.cancelling
        place.store.request_cancel(running.id, "ann")
        place.store.request_cancel(running.id, "bob")
        answer = await task
        assert answer.status == 503
        assert "flow.cancelled" in text(answer)
        record = place.newest()
        assert record.error is not None
        assert (record.id, record.error.code, record.error.status) == (running.id, "flow.cancelled", 503)
        assert record.error.message == "ann cancelled the run"
        assert place.store.running() == []
        with pytest.raises(RefusedError) as refused:
            place.store.request_cancel(running.id, "ann")
        assert refused.value.code == "run.ended"
        with sqlite3.connect(place.folder / "home" / "runs.db") as connection:
            assert connection.execute("SELECT * FROM cancels").fetchall() == []
        connection.close()


async def test_a_run_that_was_cancelled_can_be_retried_from_where_it_was(tmp_path: Path) -> None:
    with Place(tmp_path, running=0.0) as place:
        inside: dict[str, Any] = {"type": "flow", "name": "in", "flow": {"steps": [SLEEP]}}
        flow = {"steps": [{"type": "output", "message": "a;"}, inside]}
        place.write({"p/f.flow": flow})
        task = start(place)
        (running,) = await until(place.store.running)
        place.store.request_cancel(running.id, "ann")
        await task
        inside["flow"] = {"steps": [{"type": "output", "message": "awake", "name": "sleep"}]}
        place.write({"p/f.flow": flow})
        assert text((await place.retry(place.newest())).answer) == "a;awake"


async def test_a_cancellation_from_elsewhere_goes_on_as_one(tmp_path: Path) -> None:
    with Place(tmp_path, running=0.0) as place:
        place.write({"p/f.flow": {"steps": [SLEEP]}})
        task = start(place)
        await until(place.store.running)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        record = place.newest()
        assert record.error is not None
        assert record.error.message == "the run was cut off before it ended"


async def test_short_runs_and_those_that_never_wait_are_not_listed(tmp_path: Path) -> None:
    with Place(tmp_path, running=60.0) as place:
        place.write({"p/f.flow": {"steps": [{"type": "delay", "duration": "0ms"}]}})
        assert (await place.call()).status == 200
        task = start(place)
        await asyncio.sleep(0)
        assert place.log.flush()
        assert place.store.running() == []
        await task


async def test_no_more_runs_are_listed_than_asked_for(open_book: OpenBook) -> None:
    book = open_book(listed=2)
    entry = book.log.flow(FLOW, "shop", "off")
    exchanges = [new_exchange() for _ in range(3)]
    for exchange in exchanges:
        entry.waiting(exchange, 0)
    book.clock.seconds = 2.0
    book.flush()
    assert [run.id for run in book.store.running()] == [exchange.run.id for exchange in exchanges[:2]]
    entry.waited(exchanges[0])
    book.flush()
    assert [run.id for run in book.store.running()] == [exchange.run.id for exchange in exchanges[1:]]
    book.log.close()
    assert book.store.running() == []


def test_a_run_nobody_knows_cannot_be_cancelled(tmp_path: Path, book: Book) -> None:
    for store in (RunStore(tmp_path / "none"), book.store):
        book.flush()
        with pytest.raises(RefusedError) as refused:
            store.request_cancel("0" * 32, "ann")
        assert refused.value.code == "run.missing"


def test_runs_of_dead_processes_are_not_listed_and_have_ended(open_book: OpenBook) -> None:
    book = open_book(cleanup_interval=0.0)
    book.flush()
    id = new_exchange().run.id
    with sqlite3.connect(book.home / "runs.db") as connection:
        row = (bytes.fromhex(id.replace("-", "")), FLOW, b"[]", "w", os.getpid(), 1)
        connection.execute("INSERT INTO running (id, flow, summary, worker, pid, birth) VALUES (?, ?, ?, ?, ?, ?)", row)
        assert book.store.running() == []
    connection.close()
    book.flush()
    with pytest.raises(RefusedError, match=r"ended with its process|no run"):
        book.store.request_cancel(id, "ann")
