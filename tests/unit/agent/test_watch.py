import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import watchfiles

from airdock.agent import watch
from airdock.agent.agent import Agent
from airdock.agent.artefact import Change
from airdock.agent.scripts import ScriptLoader
from airdock.agent.source import FolderSource
from airdock.agent.watch import FolderWatch
from airdock.builtin import catalogue
from tests.unit.flows import Flows, output


async def test_tells_of_a_change(tmp_path: Path) -> None:
    async with asyncio.timeout(20), FolderWatch(FolderSource(tmp_path)) as watching:
        (tmp_path / "a.flow").write_text("")
        await watching.wait()


async def test_where_a_folder_cannot_be_watched_it_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*paths: Any, **options: Any) -> AsyncIterator[set[Any]]:
        for message in ["too many folders"]:
            raise ExceptionGroup("", [OSError(message)])
        yield set()

    monkeypatch.setattr(watchfiles, "awatch", fail)
    monkeypatch.setattr(watch, "POLL_SECONDS", 0.0)
    async with asyncio.timeout(20), FolderWatch(FolderSource(tmp_path)) as watching:
        for _ in range(3):
            await watching.wait()
    assert [record.message.partition("s: ")[2] for record in caplog.records] == ["OSError: too many folders"]


async def test_a_name_that_is_no_text_does_not_end_the_following(flows: Flows) -> None:
    flows.write("p/a.flow", {"steps": [output("one")]})
    try:
        os.mkdir(os.fsencode(flows.folder) + b"/p/odd\xff")
    except OSError:
        pytest.skip("this file system refuses such names")
    agent = Agent(FolderSource(flows.folder), catalogue(), scripts=ScriptLoader())
    agent.load()
    seen: asyncio.Queue[list[Change]] = asyncio.Queue()
    following = asyncio.create_task(agent.follow(seen.put_nowait))
    flows.write("p/b.flow", {"steps": [output("two")]})
    async with asyncio.timeout(20):
        assert [change.path for change in await seen.get()] == ["p/b.flow"]
        flows.write("p/c.flow", {"steps": [output("three")]})
        assert [change.path for change in await seen.get()] == ["p/c.flow"]
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following


async def test_a_look_that_fails_does_not_end_the_following(flows: Flows, monkeypatch: pytest.MonkeyPatch) -> None:
    source = FolderSource(flows.folder)
    agent = Agent(source, catalogue(), scripts=ScriptLoader())
    flows.write("p/a.flow", {"steps": [output("one")]})
    scan = source.scan
    failures = [ZeroDivisionError()]

    def fail_once() -> Any:
        if failures:
            raise failures.pop()
        return scan()

    monkeypatch.setattr(source, "scan", fail_once)
    seen: asyncio.Queue[list[Change]] = asyncio.Queue()
    following = asyncio.create_task(agent.follow(seen.put_nowait))
    async with asyncio.timeout(20):
        while seen.empty():
            flows.write("p/b.flow", {"steps": []})
            await asyncio.sleep(0.01)
        assert "p/a.flow" in [change.path for change in await seen.get()]
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
