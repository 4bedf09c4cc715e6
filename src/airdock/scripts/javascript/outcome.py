"""What a run hands back. It is written by the script's context, so all of it is checked as foreign data is."""

from typing import Any

import msgspec

from airdock.errors import FlowError


class Value(msgspec.Struct):
    """A value: `json` as JSON text, or `data`. `before` is what the script was given, as JSON text."""

    json: str | None = None
    data: bytes | None = msgspec.field(default=None, name="bytes")
    before: str | None = None
    set: bool = False


class Changes(msgspec.Struct):
    """What a script did to properties or headers."""

    changed: dict[str, Value]
    removed: list[str]


class Cookie(msgspec.Struct, rename="camel"):
    """A cookie that the caller is to keep. `max_age` in seconds; None or negative: until the browser is closed."""

    name: str
    value: str = ""
    domain: str = ""
    path: str = ""
    max_age: int | None = None
    secure: bool = False
    http_only: bool = False
    same_site: str = ""


class Bytes(msgspec.Struct):
    """Bytes that were written, in base64."""

    data: bytes = msgspec.field(name="bytes")


class Written(msgspec.Struct):
    """What a script did to the response. `reset`: what was written before is dropped."""

    status: int | None = None
    headers: dict[str, Any] | None = None
    parts: list[str | Bytes] = []
    reset: bool = False
    cookies: list[Cookie] = []


class Suspension(msgspec.Struct):
    """Why a script was left: it needs a part of the exchange, a module, or an answer of the host."""

    kind: str
    detail: Any = None


class Failure(msgspec.Struct):
    """An error that the script threw."""

    name: str
    message: str
    stack: str
    code: str = ""
    status: int | None = None
    exported: list[str] = []


class Outcome(msgspec.Struct):
    """All of it."""

    suspended: Suspension | None = None
    error: Failure | None = None
    logs: list[tuple[str, str]] = []
    dropped: int = 0
    body: Value | None = None
    properties: Changes | None = None
    headers: Changes | None = None
    response: Written | None = None
    result: Value | None = None


_decoder = msgspec.json.Decoder(Outcome)


def read_outcome(text: str) -> Outcome:
    """
    Raises:
        FlowError: `script.result`, the text is not an outcome.
    """
    try:
        return _decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise FlowError("script.result", f"the script's outcome cannot be read: {error}") from error
