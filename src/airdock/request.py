"""What started a run."""

from collections.abc import AsyncIterator
from typing import Any


class FormUnread(Exception):  # noqa: N818 -- no error: the sign to await `Request.read`
    """A parameter may stand in a form that is still on the wire."""


class Request:
    """What started a run. This base is an empty request; a trigger fills it, at once or when first read.

    Attributes:
        method: HTTP method, empty for a job or a message.
        path: Decoded path of the address.
        query: First value of each query parameter; `queryAll` has every value.
        headers: Header fields by lower-case name; `params` the values of a route's `{name}` parts.
        form: Fields of a urlencoded or multipart form; a file is an object with `filename`, `contentType`, `content`.
        cookies: Cookies by name. `user`: the signed-in caller or None. `remote`: address of the caller.
        unread: A body is still on the wire; `read` must be awaited before `body` or `form` is used.
    """

    PARTS = ("method", "path", "query", "queryAll", "headers", "params", "form", "cookies", "user", "remote")

    method: str = ""
    path: str = ""
    user: Any = None
    remote: str = ""
    unread: bool = False

    @property
    def query(self) -> dict[str, str]:
        return {}

    @property
    def queryAll(self) -> dict[str, list[str]]:  # noqa: N802 -- the name that expressions use
        return {}

    @property
    def headers(self) -> dict[str, Any]:
        return {}

    @property
    def params(self) -> dict[str, str]:
        return {}

    @property
    def form(self) -> dict[str, Any]:
        return {}

    @property
    def cookies(self) -> dict[str, str]:
        return {}

    @property
    def content_type(self) -> str:
        """The `Content-Type` as it was sent; empty when there is none."""
        return ""

    @property
    def content(self) -> bytes:
        """The body as it came, before its content type was looked at; `Content-Encoding` is undone."""
        return b""

    def pieces(self, most: int) -> AsyncIterator[bytes]:
        """The body as it came, piece by piece; what is still on the wire is taken from there and not kept.

        From this call on the body cannot be had in another way, unless it was read before.

        Args:
            most: So many bytes at most.

        Raises:
            FlowError: `request.tooLarge`, `request.incomplete`, `request.encoding` or `request.body`, by the iterator.
        """
        return _one_piece(self.content)

    @property
    def body(self) -> Any:
        """The body, parsed by its content type; None when there is none.

        Raises:
            FlowError: `request.body`, the body does not fit its content type.
        """
        return None

    async def read(self) -> None:
        """Takes the body from the wire.

        Raises:
            FlowError: `request.tooLarge` or `request.incomplete`.
        """

    async def deliver(self, exchange: Any) -> None:
        """Sends what the steps of a flow with `events` gave, while its run still holds what that comes from."""

    def parameter(self, name: str) -> str | None:
        """The request parameter of that name: the first in the query, else in a form; None where there is none.

        Raises:
            FormUnread: it may stand in a form that is still on the wire; `read` must be awaited first.
        """
        return None


async def _one_piece(content: bytes) -> AsyncIterator[bytes]:
    yield content


EMPTY_REQUEST = Request()
"""The request of a run that nobody asked for, such as a job's."""
