"""Plays a case: sends its messages to the flows of a trial, in virtual time."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import msgspec

from airdock.errors import FlowError
from airdock.exchange import Exchange, Run
from airdock.spec.flow_test import FlowCase
from airdock.spec.flow_test.message import Message
from airdock.testing.log_lines import LogLine, noted_lines
from airdock.testing.recording import RecordedRun
from airdock.testing.runner.requests import ReadFile, Senders, make_request
from airdock.testing.runner.trial import Trial
from airdock.triggers.http.answer import RUN_HEADER, Answer
from airdock.triggers.http.handler import HttpHandler
from airdock.triggers.http.settings import HttpSettings


@dataclass
class Answered:
    """A message and its answer; times are in seconds from the test's beginning on."""

    message: Message
    sent: float = 0.0
    at: float = 0.0
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""
    run: RecordedRun | None = None
    failure: str = ""

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; raises `msgspec.DecodeError`."""
        return msgspec.json.decode(self.content)

    def as_document(self) -> dict[str, Any]:
        """What expressions see of it."""
        document = {"status": self.status, "headers": self.headers, "text": self.text, "at": self.at}
        document["took"] = self.at - self.sent
        try:
            document["json"] = self.json()
        except msgspec.DecodeError:
            pass
        return document


@dataclass
class Played:
    """What came of a case, as far as it came."""

    answers: list[Answered]
    log: list[LogLine] = field(default_factory=list)
    values: Exchange = field(default_factory=lambda: values_of(None, []))


def values_of(row: Any, answers: list[dict[str, Any]]) -> Exchange:
    """What texts of messages and expectations see."""
    return Exchange(Run("", ""), own_document={"row": row, "answers": answers, "properties": {}})


class Player:
    """Sends the messages of one case."""

    def __init__(self, trial: Trial, case: FlowCase, tested: str, row: Any, read_file: ReadFile) -> None:
        """`tested` is the path of the flow to which messages go."""
        self.trial = trial
        self.case = case
        self._tested = tested
        self._row = row
        self._read_file = read_file
        self.played = Played([Answered(message) for message in case.messages], values=values_of(row, []))
        self._handler: HttpHandler | None = None

    async def play(self) -> None:
        """Sends all messages and waits for what they began; `played` has what came of it.

        Raises:
            DescriptorError: a flow cannot be compiled.
        """
        background = self.trial.runtime.background
        with noted_lines() as lines:
            self.played.log = lines
            paths = {each.message.flow or self._tested for each in self.played.answers}
            routes = self.trial.routes(paths)
            settings = HttpSettings(show_details=True)
            self._handler = HttpHandler(routes, settings, callers=Senders())
            try:
                await self._send_all()
                await asyncio.sleep(self.case.wait)
                await background.settle()
            finally:
                await background.stop()
                await self.trial.runtime.links.close()

    async def _send_all(self) -> None:
        answers = self.played.answers
        timed = [asyncio.create_task(self._at(each)) for each in answers if each.message.at is not None]
        for each in answers:
            if each.message.at is None:
                await self._send(each)
        if timed:
            await asyncio.gather(*timed)

    async def _at(self, answered: Answered) -> None:
        await asyncio.sleep(answered.message.at or 0.0)
        await self._send(answered)

    async def _send(self, answered: Answered) -> None:
        message, now = answered.message, asyncio.get_running_loop().time
        path = message.flow or self._tested
        pipeline = self.trial.pipeline(path)
        assert pipeline is not None and self._handler is not None  # noqa: S101, PT018 -- routes were made of it
        done = [each.as_document() for each in self.played.answers if each.status]
        values = values_of(self._row, done)
        answered.sent = now()
        try:
            request = make_request(message, pipeline.flow, path, values, self.trial.secrets, self._read_file)
        except (FlowError, OSError) as error:
            answered.failure = f"the message cannot be made: {error}"
            return
        answer = self._handler.answer(request)
        if not isinstance(answer, Answer):
            answer = await answer
        answered.at = now()
        answered.status = answer.status
        answered.headers = dict(answer.headers)
        answered.content = answer.body.encode() if isinstance(answer.body, str) else answer.body
        answered.run = self._run(answered.headers.get(RUN_HEADER))
        self.played.values = values_of(self._row, [*done, answered.as_document()])

    def _run(self, id: str | None) -> RecordedRun | None:
        return next((run for run in reversed(self.trial.recording.runs) if run.exchange.run.id == id), None)
