"""Requests that come from no wire."""

from collections.abc import Iterable

from airdock.triggers.http.request import HttpRequest
from airdock.triggers.http.settings import DEFAULT_LIMITS, Limits


class BufferedRequest(HttpRequest):
    """A request whose parts are all at hand, as tests and `airdock call` make them."""

    def __init__(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        super().__init__(method, path, limits)
        self._query_string = query
        self._fields = [(name.lower(), value) for name, value in headers]
        self._data = body

    def take_fields(self) -> Iterable[tuple[str, str]]:
        return self._fields
