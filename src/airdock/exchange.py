"""The exchange: the data of one run, and the document that expressions read.

The document is filled lazily: a part of it (the parsed body, the query, the headers) is made when something first
asks for it, so that a run pays only for what it reads.
"""

from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from airdock.checkpoint import ENDING, Checkpoint
from airdock.errors import FlowError
from airdock.request import EMPTY_REQUEST, Request
from airdock.response import ABSENT, Headers, Response


class StepInfo(msgspec.Struct, frozen=True):
    """Which step: its path in the flow (`"3.welcome.1"`), its name, its type, its line in the file, the file."""

    path: str
    name: str
    type: str
    line: int = 0
    file: str = ""


class StepFailure(msgspec.Struct, frozen=True):
    """That a step failed, and with what."""

    step: StepInfo
    code: str
    message: str


class BranchEnd(msgspec.Struct, frozen=True):
    """That a branch of the step of this path has ended; what follows in the trail is not inside what came before."""

    path: str


class Run(msgspec.Struct, gc=False):
    """Who runs: what an expression sees as `run`.

    Attributes:
        id: UUIDv7 text. flow: address of the flow, `project/file.flow`. project: its project, empty at the root.
        release: Number of the release or None. attempt: 1, or more when a message or a run is tried again.
        retry_of: Id of the first run, where this one goes on with it.
        parent: Id of the run that this one went out from, to run beside it.
        step: Path of the step whose inside it runs, where it does not run the whole flow.
    """

    id: str
    flow: str
    project: str = ""
    release: int | None = None
    attempt: int = 1
    retry_of: str = ""
    parent: str = ""
    step: str = ""

    def as_document(self) -> dict[str, Any]:
        document = msgspec.structs.asdict(self)
        for name in ("retry_of", "parent", "step"):
            del document[name]
        return document


class Exchange(msgspec.Struct, eq=False):
    """The data of one run, handed from step to step.

    Attributes:
        run, request, response: Who runs, what came in, what goes out.
        config: The project's settings.
        trail: Steps taken, or None when not kept: a flat list of pairs. A pair is a `StepInfo` and the start in ns of
            `perf_counter_ns` (None: the step was skipped), or a `StepFailure` or `BranchEnd` and the time of that.
        flows: The flows that the run may call, as they were when it began.
        properties: The exchange properties.
        body_set: A step set the body (the body is then the answer if nothing was written).
        depth: How many sub-flows deep the run is. calls: How many calls of flows it made so far.
        answer: What the trigger made of the exchange when the run had ended; None before.
        typed: The body that `marshal` made, and its content type; another body has none.
        cut: Where the run stood when it was cut off, while that goes outwards. repaired: Where the error happened that
            a handler takes care of just now.
        endings: What is to be done when the run, or the branch, ends, by what asked for it; None: nothing.
    """

    run: Run
    request: Request = EMPTY_REQUEST
    config: dict[str, Any] | None = None
    trail: list[Any] | None = None
    flows: "Mapping[str, Step] | None" = None
    properties: dict[str, Any] = {}
    response: Response = msgspec.field(default_factory=Response)
    body_set: bool = False
    depth: int = 0
    calls: int = 0
    answer: Any = None
    cut: Checkpoint | None = None
    repaired: Checkpoint | None = None
    own_document: dict[str, Any] | None = None
    typed: tuple[Any, str] | None = None
    endings: dict[Any, Callable[[], None]] | None = None

    def at_end(self, key: Any, call: Callable[[], None]) -> None:
        """Has something done, which raises nothing, when the run, or the branch, ends in whatever way."""
        if self.endings is None:
            self.endings = {}
        self.endings[key] = call

    def end(self) -> None:
        """Does what is to be done at the end."""
        endings, self.endings = self.endings, None
        for call in (endings or {}).values():
            call()

    @property
    def document(self) -> dict[str, Any]:
        """What expressions read: `body`, `headers`, `properties`, `request`, `run`, `error`, `loop`, `split`, `config`.

        Parts are filled by `need`; elsewhere they are read through the attributes here.
        """
        document = self.own_document
        if document is None:
            document = self.own_document = {"properties": self.properties}
        return document

    @property
    def body(self) -> Any:
        """The body: the request's, parsed on first use, until a step sets another.

        Raises:
            FlowError: `request.body`, the request's body does not fit its content type.
        """
        document = self.document
        if "body" not in document:
            if self.request.unread:
                raise FlowError("internal", "the body was used before it was read")
            document["body"] = self.request.body
        return document["body"]

    @body.setter
    def body(self, value: Any) -> None:
        self.document["body"] = value
        self.body_set = True

    @property
    def body_type(self) -> str:
        """The content type that belongs to the body as it is now; empty where only its value tells."""
        typed = self.typed
        return typed[1] if typed is not None and typed[0] is self.document.get("body") else ""

    def set_typed_body(self, value: Any, content_type: str) -> None:
        """Sets the body with its content type, which the message's header tells from now on, too."""
        self.body = value
        self.typed = (value, content_type)
        self.headers["content-type"] = content_type

    @property
    def headers(self) -> Headers:
        """The message's headers. Those of the request to begin with; setting them does not change the request."""
        document = self.document
        if "headers" not in document:
            document["headers"] = Headers(self.request.headers)
        headers: Headers = document["headers"]
        return headers

    @contextmanager
    def handling(self, error: FlowError) -> Iterator[None]:
        """Shows an error to expressions as `error` while a handler runs; the one before comes back afterwards."""
        document = self.document
        before = document.get("error", ABSENT)
        document["error"] = error.as_document()
        try:
            with self.repairing(error):
                yield
        finally:
            if before is ABSENT:
                document.pop("error", None)
            else:
                document["error"] = before

    @contextmanager
    def repairing(self, error: BaseException) -> Iterator[None]:
        """Holds, while steps run because of an error or of the run's end, that a retry goes on from where that was.

        Those steps may fail, or be cut off, themselves.
        """
        before = self.repaired
        point: Checkpoint | None = getattr(error, "checkpoint", None)
        self.repaired = before or point or self.cut or ENDING
        try:
            yield
        except CancelledError:
            self.cut = self.cut or self.repaired
            raise
        finally:
            self.repaired = before

    def need(self, part: str) -> None:
        """Fills a part of the document: `"body"`, `"headers"`, `"run"`, `"config"`, or `"request.query"` and so on."""
        FILL[part](self)


class StopRun(BaseException):
    """Ends the run well. Not an error: no handler sees it, `finally` steps run."""


def _fill_body(exchange: Exchange) -> None:
    _ = exchange.body


def _fill_headers(exchange: Exchange) -> None:
    _ = exchange.headers


def _fill_run(exchange: Exchange) -> None:
    if "run" not in exchange.document:
        exchange.document["run"] = exchange.run.as_document()


def _fill_config(exchange: Exchange) -> None:
    if "config" not in exchange.document:
        exchange.document["config"] = exchange.config or {}


def _fill_request(part: str) -> Callable[[Exchange], None]:
    def fill(exchange: Exchange) -> None:
        document = exchange.document.get("request")
        if document is None:
            document = exchange.document["request"] = {}
        if part not in document:
            document[part] = getattr(exchange.request, part)

    return fill


FILL: dict[str, Callable[[Exchange], None]] = {
    "body": _fill_body,
    "headers": _fill_headers,
    "run": _fill_run,
    "config": _fill_config,
    **{f"request.{part}": _fill_request(part) for part in Request.PARTS},
}
"""How each lazily made part of the document is filled; what `Expression.needs` names."""

Step = Callable[[Exchange], Awaitable[None] | None]
"""A compiled step: returns None when it is done, or an awaitable when it must wait."""


async def read_then(step: Step, exchange: Exchange) -> None:
    """Takes the request's body from the wire, then runs the step."""
    await exchange.request.read()
    pending = step(exchange)
    if pending is not None:
        await pending
