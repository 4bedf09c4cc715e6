"""A folder of flows whose runs are recorded, fail while `BROKEN` is set, and are retried."""

import json
from pathlib import Path
from typing import Any

from airdock.agent.agent import Agent
from airdock.agent.retrying import Retried, Retrier, Version
from airdock.agent.scripts import ScriptLoader
from airdock.agent.source import FolderSource
from airdock.builtin import catalogue
from airdock.runlog import RunLog, RunLogSettings, RunRecord, RunStore
from airdock.triggers.http import Answer, HttpHandler
from airdock.triggers.http.buffered import BufferedRequest
from airdock.triggers.http.request import HttpRequest
from tests.unit.runlog.books import ReversingSealer

BROKEN: set[str] = set()
"""Names of flaky steps that fail now."""

FLAKY = """
from tests.unit.agent import retries

def service(exchange):
    name = exchange.properties.get("flaky", "")
    if name in retries.BROKEN:
        raise ValueError(f"{name} is broken")
    exchange.response.write(f"[{name}]")
"""


def flaky(what: str = "it", **common: Any) -> dict[str, Any]:
    """A step that fails while `what` is in `BROKEN`; else it writes that."""
    return {"type": "python", "module": "/p/flaky.py", "properties": {"flaky": what}, **common}


class Place:
    """The folder with what serves it. Use it as a context manager."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.log = RunLog(
            folder / "home", settings=RunLogSettings(**{"interval": 0.001, **settings}), sealer=ReversingSealer()
        )
        self.store = RunStore(folder / "home", ReversingSealer())
        self.agent = Agent(FolderSource(folder / "flows"), catalogue(), scripts=ScriptLoader(), runlog=self.log)
        self.retrier = Retrier(self.agent)
        self.handler = HttpHandler(self.agent)

    def __enter__(self) -> "Place":
        BROKEN.clear()
        self.log.start()
        return self

    def __exit__(self, *_: object) -> None:
        BROKEN.clear()
        self.log.close()

    def write(self, files: dict[str, Any]) -> None:
        """Writes flows and takes them in."""
        for path, content in {"p/flaky.py": FLAKY, **files}.items():
            file = self.folder / "flows" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content if isinstance(content, str) else json.dumps(content))
        self.agent.load()
        problems = [str(problem) for artefact in self.agent.artefacts for problem in artefact.problems]
        assert not problems, problems

    async def call(self, request: HttpRequest | None = None) -> Answer:
        """The answer of `p/f.flow`."""
        answer = self.handler.answer(request or BufferedRequest("GET", "/services/flow/p/f.flow"))
        return answer if isinstance(answer, Answer) else await answer

    async def fail(self, *names: str, request: HttpRequest | None = None) -> RunRecord:
        """Calls while steps are broken; the record of the run, which must fail."""
        BROKEN.update(names or ("it",))
        answer = await self.call(request)
        BROKEN.clear()
        assert answer.status >= 400, answer
        return self.newest()

    def newest(self) -> RunRecord:
        assert self.log.flush()
        (newest,) = self.store.list(limit=1)
        record = self.store.get(newest.id)
        assert record is not None
        return record

    async def retry(self, record: RunRecord, version: Version = "current") -> Retried:
        return await self.retrier.retry(self.store.snapshot(record.id), version)


def told(answer: Answer) -> tuple[int, list[tuple[str, str]], str]:
    """An answer without what differs from run to run."""
    return answer.status, [field for field in answer.headers if field[0] != "airdock-run"], text(answer)


def text(answer: Answer) -> str:
    """An answer's body."""
    return answer.body if isinstance(answer.body, str) else answer.body.decode()
