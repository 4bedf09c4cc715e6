"""How a route is declared: its name in the description, what it takes and answers, and who may call it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from airdock.identity.permissions import Permission

JSON_LIMIT = 1024**2
"""Bytes of a JSON body at most."""
KEY = "declared"
"""Where a route's declaration stands in its `opt`."""


class Access(NamedTuple):
    """Who may call a route.

    Attributes:
        permission: What the caller must be allowed to do.
        project: The path parameter that names a project: the permission is asked for there, and to those who do not
            see the project there is none.
        own: The path parameter that names a user: for themselves, the permission `account` is enough.
        anonymous: Anybody may; then nothing else counts.
        unasked: Nobody even looks who calls.
    """

    permission: Permission | None = None
    project: str | None = None
    own: str | None = None
    anonymous: bool = False
    unasked: bool = False


ANYBODY = Access(anonymous=True)
UNASKED = Access(anonymous=True, unasked=True)


class RawContent(NamedTuple):
    """A body or an answer that is not JSON: its media type, and the most bytes of a body."""

    media_type: str
    limit: int = 0


ANY_FILE = "application/octet-stream"
ZIP = "application/zip"


class Declared(NamedTuple):
    """What is said of a route beside its signature.

    Attributes:
        body: The type of the JSON body, or a `RawContent`; None for no body.
        optional_body: The body may be left out.
        answer: Of a route that answers with bytes.
        problems: Statuses of problems beyond those that every route of its kind can answer.
        etag: The answer has an `ETag`; and, of a route that reads, is 304 where the reader has it already.
    """

    access: Access
    body: Any = None
    optional_body: bool = False
    answer: RawContent | None = None
    problems: tuple[int, ...] = ()
    etag: bool = False


def operation(
    operation_id: str,
    tag: str,
    summary: str,
    access: Access,
    *,
    description: str = "",
    body: Any = None,
    optional_body: bool = False,
    answer: RawContent | None = None,
    status: int = 200,
    problems: Sequence[int] = (),
    etag: bool = False,
    in_loop: bool = False,
) -> dict[str, Any]:
    """The options of a Litestar route handler.

    A handler that declares a `body` takes it as `body: RawBody`. It works in a thread, as nearly all reach a database;
    with `in_loop` it is a coroutine.
    """
    in_thread = {} if in_loop else {"sync_to_thread": True}
    return {
        "operation_id": operation_id,
        "tags": [tag],
        "summary": summary,
        "description": description or None,
        "status_code": status,
        **in_thread,
        "request_max_body_size": body.limit if isinstance(body, RawContent) else JSON_LIMIT,
        "opt": {KEY: Declared(access, body, optional_body, answer, tuple(problems), etag)},
    }
