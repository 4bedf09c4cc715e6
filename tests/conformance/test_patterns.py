"""What the patterns do, as data: each case is a flow, what it is sent, and what comes of it, in virtual time.

A file of `patterns/` has the cases of one step:

    {"name": "…", "option": "the field that it shows", "source": "whose documented behaviour it is",
     "steps": [...]  or  "flow": {"steps": [...], ...},      the flow `p/f.flow`
     "files": {"p/other.flow": {...}, "p/x.py": "…"},        what else there is
     "send": [{"at": "2s", "method", "query", "body" or "content", "headers", "text", "json", "status", "code"}],
     "wait": "10s",                                          so long after the last answer
     "log": ["order 1", ["5s", "order 2"]],                  lines of `log` steps in order, some with their time
     "answered": ["1s", "2s"],                               when each answer came
     "failed": ["a.b"]}                                      codes of the runs that failed, in order

What is sent with `at` is sent then, whatever went before; without it, when the one before was answered.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog

from airdock.engine.runtime import Runtime
from airdock.testing import FlowClient
from airdock.testing.virtual import VirtualClock, run_virtually
from airdock.units import parse_duration
from tests.service.server import write_files

FOLDER = Path(__file__).parent / "patterns"
CASES = [(file.stem, case) for file in sorted(FOLDER.glob("*.json")) for case in json.loads(file.read_text())]


class Played:
    """A case while it is played; `log` and `answered` have the seconds at which something happened."""

    def __init__(self, case: dict[str, Any], folder: Path) -> None:
        self.case = case
        self.log: list[tuple[float, str]] = []
        self.answered: list[float] = []
        self.failed: list[str] = []
        self._folder = folder

    async def play(self) -> None:
        client = FlowClient(self._folder, runtime=Runtime(clock=VirtualClock()))
        problems = [str(problem) for artefact in client.agent.artefacts for problem in artefact.problems]
        assert not problems, problems
        with self._noting():
            sent = self.case.get("send", [{}])
            self.answered = [0.0] * len(sent)
            apart = [
                asyncio.create_task(self._send(client, number, each))
                for number, each in enumerate(sent)
                if "at" in each
            ]
            for number, each in enumerate(sent):
                if "at" not in each:
                    await self._send(client, number, each)
            await asyncio.gather(*apart)
            await asyncio.sleep(parse_duration(self.case.get("wait", "0s")))
            await client.settle()
            await client.close()
        self.failed = [run.error.code for run in client.runs if run.error is not None]

    async def _send(self, client: FlowClient, number: int, request: dict[str, Any]) -> None:
        await asyncio.sleep(parse_duration(request.get("at", "0s")))
        method = request.get("method", "POST" if "body" in request or "content" in request else "GET")
        address = f"p/f.flow?{request['query']}" if "query" in request else "p/f.flow"
        content = {"content": request.get("content", "").encode()}
        body: dict[str, Any] = {"json": request["body"]} if "body" in request else content
        result = await client.call(method, address, headers=request.get("headers"), **body)
        self.answered[number] = asyncio.get_running_loop().time()
        if "code" in request:
            assert result.json()["code"] == request["code"], result.text
        else:
            assert result.status == request.get("status", 200), result.text
        if "status" in request:
            assert result.status == request["status"], result.text
        if "text" in request:
            assert result.text == request["text"]
        if "json" in request:
            assert result.json() == request["json"]

    @contextmanager
    def _noting(self) -> Iterator[None]:
        def note(logger: Any, level: str, event: dict[str, Any]) -> Any:
            if "step" in event:
                self.log.append((asyncio.get_running_loop().time(), event["event"]))
            raise structlog.DropEvent

        processors = structlog.get_config()["processors"]
        before = processors.copy()
        processors[:] = [note]
        try:
            yield
        finally:
            processors[:] = before


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[f"{file}-{case['name']}" for file, case in CASES])
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    flow = case["flow"] if "flow" in case else {"steps": case["steps"]}
    write_files(tmp_path, {"p/f.flow": flow, **case.get("files", {})})
    played = Played(case, tmp_path)
    run_virtually(played.play)
    if "log" in case:
        lines: list[Any] = [line for _, line in played.log]
        for place, expected in enumerate(case["log"][: len(lines)]):
            if isinstance(expected, list):
                lines[place] = [
                    expected[0] if _at(played.log[place][0], expected[0]) else played.log[place][0],
                    lines[place],
                ]
        assert lines == case["log"]
    if "answered" in case:
        assert [round(at, 6) for at in played.answered] == [round(parse_duration(at), 6) for at in case["answered"]]
    assert played.failed == case.get("failed", [])


def _at(seconds: float, expected: str) -> bool:
    return abs(seconds - parse_duration(expected)) < 1e-6


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[f"{file}-{case['name']}" for file, case in CASES])
def test_a_case_names_what_it_shows(case: dict[str, Any]) -> None:
    assert case["option"]
    assert case["source"]
