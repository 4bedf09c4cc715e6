"""Calls the flows of a folder in this process."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec

from airdock.agent.agent import Agent
from airdock.agent.scripts import ScriptLoader
from airdock.agent.source import FolderSource
from airdock.engine.runtime import Runtime
from airdock.plugins import catalogue
from airdock.testing.calls import Call
from airdock.testing.mocks import Mocks, read_mocks
from airdock.testing.recording import RecordedRun, Recording
from airdock.testing.threads import StandingPool
from airdock.triggers.http.answer import RUN_HEADER, Answer
from airdock.triggers.http.buffered import BufferedRequest
from airdock.triggers.http.handler import HttpHandler
from airdock.triggers.http.settings import HttpSettings


class Result:
    """What a call got.

    Attributes:
        status, headers, content: The answer; header names are lower-case.
        run: The run that made it; None when no flow ran.
    """

    def __init__(self, answer: Answer, run: RecordedRun | None) -> None:
        self.status = answer.status
        self.headers = dict(answer.headers)
        self.content = answer.body.encode() if isinstance(answer.body, str) else answer.body
        self.run = run

    @property
    def text(self) -> str:
        """The answer's body as UTF-8 text."""
        return self.content.decode()

    def json(self) -> Any:
        """The answer's body as JSON; raises msgspec.DecodeError when it is none."""
        return msgspec.json.decode(self.content)


class FlowClient:
    """The flows of a folder, compiled once and called without a server, over the same handler that a server has.

    Attributes:
        agent: What compiled the folder; `agent.artefacts` tells how each descriptor stands.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        show_details: bool = True,
        secrets: Mapping[str, str] | None = None,
        runtime: Runtime | None = None,
        mocks: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Compiles the folder. Problems of descriptors do not raise; calls of such flows are answered 503.

        Args:
            show_details: Whether answers tell what went wrong inside. secrets: Those that flows name, by name.
            runtime: What flows use of the process; real time and state in memory if left out.
            mocks: What stands in for flows, scripts, steps and connections, as `mocks` of a flow test has them:
                `{"flow": "/shop/price.flow", "reply": {"body": {"price": 4.5}}}`. Where they are given, be it none of
                them, `calls` has what was called.

        Raises:
            DescriptorError: a mock is not written as it must be.
        """
        runtime = runtime or Runtime()
        self._mocks = Mocks(read_mocks(mocks or ()), runtime.clock)
        if mocks is not None:
            runtime = replace(runtime, advice=self._mocks)
        self._recording = Recording()
        self.agent = Agent(
            FolderSource(Path(folder)),
            catalogue(),
            scripts=ScriptLoader(pool=StandingPool),
            runlog=self._recording,
            read_secret=(secrets or {}).get,
            runtime=runtime,
        )
        self.agent.load()
        self._handler = HttpHandler(self.agent, HttpSettings(show_details=show_details))

    async def call(
        self,
        method: str,
        address: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
    ) -> Result:
        """Sends a request.

        Args:
            method: HTTP method. address: `/services/flow/project/file.flow?name=Joe`, or the part behind
                `/services/flow`, percent-decoded. headers: Header fields.
            content, json, form: The body, one of the three; `json` and `form` bring their content type.
        """
        self.agent.begin_duties()
        path, _, query = address.partition("?")
        if not path.startswith("/services/"):
            path = "/services/flow/" + path.lstrip("/")
        fields, body = _body(content, json, form)
        before = len(self._recording.runs)
        request = BufferedRequest(method, path, query=query, headers=[*fields, *(headers or {}).items()], body=body)
        answer = self._handler.answer(request)
        if not isinstance(answer, Answer):
            answer = await answer
        # Others may have ended meanwhile: those beside it, and those of calls in other tasks.
        id = dict(answer.headers).get(RUN_HEADER)
        runs = [run for run in self._recording.runs[before:] if run.exchange.run.id == id]
        return Result(answer, runs[-1] if runs else None)

    @property
    def runs(self) -> list[RecordedRun]:
        """Every run that ended so far, those that went beside a call included."""
        return self._recording.runs

    @property
    def calls(self) -> list[Call]:
        """Every call of a flow, of a script and of a mocked step so far, in order."""
        return self._mocks.calls

    async def settle(self) -> None:
        """Waits for what calls left running beside them (`wireTap`, completed aggregations)."""
        await self.agent.runtime.background.settle()

    async def close(self) -> None:
        """Ends what flows do by themselves, which goes on from the first call to here, and closes connections."""
        await self.agent.runtime.background.stop()
        await self.agent.runtime.links.close()

    async def get(self, address: str, **options: Any) -> Result:
        """`call` with GET."""
        return await self.call("GET", address, **options)

    async def post(self, address: str, **options: Any) -> Result:
        """`call` with POST."""
        return await self.call("POST", address, **options)


def _body(content: bytes | None, json: Any, form: Mapping[str, str] | None) -> tuple[Iterable[tuple[str, str]], bytes]:
    if json is not None:
        return [("content-type", "application/json")], msgspec.json.encode(json)
    if form is not None:
        return [("content-type", "application/x-www-form-urlencoded")], urlencode(form).encode()
    return [], content or b""
