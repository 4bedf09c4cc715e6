"""What is kept of a failed run, unmasked and sealed, so that a retry can go on from the failed step."""

from typing import Any, Self

import msgspec

from airdock.checkpoint import Checkpoint
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.packing import NotPackableError, pack, unpack
from airdock.request import Request
from airdock.response import ABSENT, Headers

_PARTS = tuple(part for part in Request.PARTS if part != "form")


class KeptRequest(Request):
    """The request of a run that failed, for the run that goes on with it."""

    def __init__(self, parts: dict[str, Any]) -> None:
        self.method = parts["method"]
        self.path = parts["path"]
        self.user = parts["user"]
        self.remote = parts["remote"]
        self._parts = parts

    @property
    def query(self) -> dict[str, str]:
        return self._part("query")

    @property
    def queryAll(self) -> dict[str, list[str]]:  # noqa: N802 -- the name that expressions use
        return self._part("queryAll")

    @property
    def headers(self) -> dict[str, Any]:
        return self._part("headers")

    @property
    def params(self) -> dict[str, str]:
        return self._part("params")

    @property
    def form(self) -> dict[str, Any]:
        form: dict[str, Any] = self.body if self._parts["formed"] else {}
        return form

    @property
    def cookies(self) -> dict[str, str]:
        return self._part("cookies")

    @property
    def body(self) -> Any:
        refused = self._parts.get("refused")
        if refused is not None:
            raise FlowError(*refused)
        return self._parts["body"]

    @property
    def content_type(self) -> str:
        return str(self.headers.get("content-type", ""))

    @property
    def content(self) -> bytes:
        kept = self._parts.get("content", self._parts["body"])
        if kept is None:
            return b""
        if isinstance(kept, str):
            return kept.encode()
        return kept if isinstance(kept, bytes) else msgspec.json.encode(kept)

    def parameter(self, name: str) -> str | None:
        value = self.query.get(name)
        if value is not None or self._parts.get("refused"):
            return value
        field = self.form.get(name)
        return field if field is None or isinstance(field, str) else field["filename"]

    def _part(self, name: str) -> dict[str, Any]:
        part: dict[str, Any] = self._parts[name]
        return part


class Snapshot(msgspec.Struct, frozen=True):
    """A failed run as its failed step found it.

    Attributes:
        run: Its id. flow, release, attempt: Of the run. first: Id of the first run, where this one was a retry.
        steps: Paths of the steps around the failed one, the outermost first, and of the failed one.
        parent, step: Of a run of a part of the flow, as in `Run`.
        request: Its parts, by name. message: Body, headers, properties and scopes. response: The answer so far.
    """

    run: str
    flow: str
    release: int | None
    attempt: int
    first: str
    steps: list[str]
    request: dict[str, Any]
    message: dict[str, Any]
    response: dict[str, Any]
    parent: str = ""
    step: str = ""

    @classmethod
    def unpacked(cls, packed: bytes) -> Self:
        """The snapshot that `packed_snapshot` made.

        Raises:
            msgspec.MsgspecError: these are not its bytes.
        """
        return cls(**unpack(packed))

    def kept_request(self) -> KeptRequest:
        """The request, for the exchange of another run."""
        return KeptRequest(self.request)

    def restore(self, exchange: Exchange) -> None:
        """Gives a new exchange, which has the kept request, what the run had when the step began."""
        message, answer, response = self.message, self.response, exchange.response
        exchange.properties.update(message["properties"])
        if message["body_set"]:
            exchange.body = message["body"]
            if message.get("body_type"):
                exchange.typed = (exchange.body, message["body_type"])
        if message["headers"] is not None:
            exchange.document["headers"] = Headers(message["headers"])
        exchange.document.update(message["scopes"])
        response.status = answer["status"]
        response.parts = answer["parts"]
        response.own_headers = None if answer["headers"] is None else Headers(answer["headers"])
        response.body = answer.get("body", ABSENT)


def packed_snapshot(exchange: Exchange, point: Checkpoint | None, limit: int) -> tuple[bytes, str]:
    """The snapshot of a failed run as bytes, or nothing and why there is none. It raises nothing.

    Args:
        point: Where the run failed. limit: Most bytes.
    """
    if point is None:
        return b"", "no step of it failed"
    if point.refusal:
        return b"", point.refusal
    try:
        return pack(msgspec.structs.asdict(_snapshot(exchange, point)), limit), ""
    except (NotPackableError, FlowError) as error:
        return b"", str(error).removeprefix("message.")
    except Exception as error:  # noqa: BLE001 -- values of scripts may raise anything when they are looked at
        return b"", f"its exchange cannot be read ({type(error).__name__})"


def _snapshot(exchange: Exchange, point: Checkpoint) -> Snapshot:
    run = exchange.run
    message = {
        "properties": point.properties,
        "headers": point.headers,
        "body": point.body,
        "body_set": point.body_set,
        "body_type": point.body_type,
        "scopes": point.scopes,
    }
    response: dict[str, Any] = {"status": point.status, "parts": point.parts, "headers": point.response_headers}
    if point.response_body is not ABSENT:
        response["body"] = point.response_body
    request, steps = _request(exchange.request), point.steps[::-1]
    first, origin = (run.flow, run.release, run.attempt, run.retry_of), (run.parent, run.step)
    return Snapshot(run.id, *first, steps, request, message, response, *origin)


def _request(request: Request) -> dict[str, Any]:
    if request.unread:
        raise NotPackableError("has a body that was not read: it is too large, or did not come", whole=True)
    parts: dict[str, Any] = {part: getattr(request, part) for part in _PARTS}
    try:
        body = request.body
    except FlowError as error:
        refused = [error.code, error.message]
        return {**parts, "body": None, "formed": False, "refused": refused, "content": request.content}
    if request.form and body is request.form:
        # A form is its own body, and need not be kept twice; as it came it cannot be made anew from what it says.
        return {**parts, "body": body, "formed": True, "content": request.content}
    return {**parts, "body": body, "formed": False}
