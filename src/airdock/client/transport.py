"""Requests to the management API: sent, repeated where that is safe, and their answers read."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from airdock import __version__
from airdock.api.shapes import ProblemDocument
from airdock.client.address import is_loopback, refuse_cleartext, server_address
from airdock.client.errors import ApiError, UnexpectedAnswerError, UnreachableError

T = TypeVar("T")

API = "/api/v1"
PAUSES = (0.1, 0.4)
"""Seconds to wait before a read whose connection failed is tried again."""

_MOST = 1024 * 1024
"""Bytes of an error's body that are read."""


class Transport:
    """Sends requests to one server, and tells its errors as exceptions.

    A request that reads is tried three times when the connection fails, any other once.
    """

    def __init__(
        self,
        server: str,
        *,
        token: str = "",
        user: str = "",
        password: str = "",
        timeout: float = 60.0,
        insecure: bool = False,
        through: httpx.BaseTransport | None = None,
    ) -> None:
        """
        Raises:
            InsecureServerError: a token or a password would be sent unencrypted over a network.
            ValueError: the server's address is none.
        """
        self.server = server_address(server)
        if (token or password) and not insecure:
            refuse_cleartext(self.server)
        headers = {"user-agent": f"airdock/{__version__}", "accept": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        self._http = httpx.Client(
            base_url=self.server + API,
            auth=httpx.BasicAuth(user, password) if user and not token else None,
            headers=headers,
            timeout=httpx.Timeout(timeout, connect=min(timeout, 5.0)),
            # What a proxy or a `.netrc` says of other machines does not concern a server on this one.
            trust_env=not is_loopback(self.server),
            transport=through,
        )

    def close(self) -> None:
        """Ends its connections."""
        self._http.close()

    def read(self, type: type[T], path: str, **query: Any) -> T:
        """What a GET of an address answers, as a value of a type."""
        return decoded(self.send("GET", path, query=query), type)

    def write(self, type: type[T], method: str, path: str, body: Any = None, **query: Any) -> T:
        """What the server answers to a change, as a value of a type. `body` is sent as JSON."""
        return decoded(self.send(method, path, query=query, body=body), type)

    def change(self, type: type[T], method: str, path: str, content: bytes | None, headers: dict[str, str]) -> T:
        """What the server answers to a change of a file, as a value of a type. `content` is sent as it is."""
        return decoded(self.send(method, path, content=content, headers=headers), type)

    def upload(self, type: type[T], method: str, path: str, content: Iterator[bytes], size: int, **query: Any) -> T:
        """What the server answers to a zip archive of `size` bytes, as a value of a type."""
        headers = {"content-type": "application/zip", "content-length": str(size)}
        return decoded(self.send(method, path, query=query, content=content, headers=headers), type)

    def send(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, Any] | None = None,
        body: Any = None,
        content: bytes | Iterator[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Sends a request; gives the whole answer.

        Raises:
            ApiError: the server refused or failed. UnreachableError: there was no answer.
        """
        with self.stream(method, path, query=query, body=body, content=content, headers=headers) as response:
            response.read()
            return response

    @contextmanager
    def stream(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, Any] | None = None,
        body: Any = None,
        content: bytes | Iterator[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Iterator[httpx.Response]:
        """Sends a request; gives the answer before its body came. Raises what `send` does."""
        fields = dict(headers or {})
        if body is not None:
            content, fields["content-type"] = msgspec.json.encode(body), "application/json"
        request = self._http.build_request(
            method, path, params=_parameters(query or {}), content=content, headers=fields
        )
        response = self._sent(request)
        try:
            if not response.is_success and response.status_code != httpx.codes.NOT_MODIFIED:
                raise self._error(response)
            yield response
        except httpx.TransportError as error:
            self._unreachable(error)
        finally:
            response.close()

    def _sent(self, request: httpx.Request) -> httpx.Response:
        for pause in (*PAUSES, None):
            try:
                return self._http.send(request, stream=True)
            except httpx.TransportError as error:
                if pause is None or request.method != "GET" or isinstance(error, httpx.TimeoutException):
                    self._unreachable(error)
            time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _unreachable(self, error: httpx.TransportError) -> NoReturn:
        slow = isinstance(error, httpx.TimeoutException)
        reason = "it did not answer in time" if slow else str(error) or type(error).__name__
        raise UnreachableError(
            self.server, reason, timed_out=slow and not isinstance(error, httpx.ConnectTimeout)
        ) from error

    def _error(self, response: httpx.Response) -> ApiError | UnexpectedAnswerError:
        if response.is_redirect:
            to = response.headers.get("location", "")
            return UnexpectedAnswerError(f"{self.server} sends callers on to {to}: name that server")
        content = b""
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > _MOST:
                break
        return _problem(content) or UnexpectedAnswerError(
            f"{self.server} answered {response.status_code} without saying why: it may not be the management port"
            " of an Airdock"
        )


def path_of(*parts: str, below: str = "") -> str:
    """An address from its parts, each of which may hold anything. `below`: a file's path behind them."""
    whole = "".join(f"/{quote(part, safe='')}" for part in parts)
    return f"{whole}/{quote(below, safe='/')}" if below else whole


def decoded(response: httpx.Response, type: type[T]) -> T:
    """An answer's JSON as a value of a type; None where it is empty and may be.

    Raises:
        UnexpectedAnswerError: it is something else.
    """
    try:
        return msgspec.json.decode(response.content or b"null", type=type)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnexpectedAnswerError(
            f"the answer of {response.url.host} to {response.request.method} {response.url.path} is not what"
            f" Airdock {__version__} expects: {error}"
        ) from error


def _problem(content: bytes) -> ApiError | None:
    try:
        return ApiError(msgspec.json.decode(content, type=ProblemDocument))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _parameters(query: dict[str, Any]) -> dict[str, str]:
    return {name: _text(value) for name, value in query.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
