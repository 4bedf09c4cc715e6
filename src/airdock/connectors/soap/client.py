"""A SOAP service as steps call it."""

import asyncio
from typing import TYPE_CHECKING, Any

from airdock.connectors.errors import missing, refused, unavailable
from airdock.connectors.http.calls import Call
from airdock.connectors.http.client import HttpClient
from airdock.connectors.http.reach import Reach, read_address
from airdock.connectors.soap.documents import (
    DocumentError,
    Load,
    NoOperationError,
    Port,
    document,
    document_of_file,
)
from airdock.connectors.soap.values import library
from airdock.errors import FlowError
from airdock.spec.connection import Opening

if TYPE_CHECKING:
    from airdock.connectors.soap.connection import SoapConnection

_LARGE = 64 * 1024
_AWAY = frozenset((502, 503, 504))


class SoapClient:
    """A port of a service, and what carries messages to it."""

    def __init__(self, name: str, http: HttpClient, port: Port, address: str) -> None:
        self.name = name
        self._http = http
        self._port = port
        self._address = address

    @classmethod
    async def opened(cls, connection: "SoapConnection", opening: Opening) -> "SoapClient":
        """A client that has read the WSDL. Raises FlowError as `Connection.connect`."""
        try:
            wsse = library("wsse.username")
        except ImportError as error:
            raise missing("SOAP", "soap") from error
        token = None
        if connection.security is not None:
            security = connection.security
            user = security.user if isinstance(security.user, str) else opening.secret(security.user)
            token = wsse.UsernameToken(user, opening.secret(security.password), use_digest=security.digest)
        try:
            read = await _document(connection, opening)
            port = await asyncio.to_thread(Port, read, connection.service, connection.port, token)
        except DocumentError as error:
            raise FlowError("connector.soap.wsdl", f"{opening.name}: {error}") from error
        address = read_address(connection.url or port.address)
        if not connection.url and connection.wsdl_url:
            Reach(read_address(connection.wsdl_url).origin, connection.allow).check(address)
        http = await connection.http(address.origin).connect(opening)
        return cls(opening.name, http, port, address.url)

    async def call(self, operation: str, arguments: Any) -> Any:
        """Calls an operation; what it answers, as plain values.

        Raises:
            FlowError: `connector.soap.operation`, there is no such one; `connector.soap.arguments`, they do not fit it;
                `connector.soap.fault`, the service says that it failed; `connector.failed`, it answered something else;
                what the HTTP client raises.
        """
        try:
            content, headers = self._port.message(operation, arguments)
        except NoOperationError as error:
            raise no_operation(self.name, error) from error
        answer = await self._http.send(Call("POST", url=self._address, headers=headers, body=content))
        kind = answer.content_type
        if "xml" not in kind and "multipart" not in kind and answer.status >= 300:
            raise self._unexpected(answer.status)
        parts = (operation, answer.status, kind, answer.content)
        if len(answer.content) > _LARGE:
            return await asyncio.to_thread(self._port.reply, *parts)
        return self._port.reply(*parts)

    async def check(self) -> None:
        received, _ = await self._http.begin(Call("HEAD", url=self._address))
        received.close()
        if received.status in (401, 403, *_AWAY):
            raise self._unexpected(received.status)

    async def close(self) -> None:
        await self._http.close()

    def _unexpected(self, status: int) -> FlowError:
        reason = f"{self._address.partition('?')[0]} answered {status}"
        if status in (401, 403):
            return refused(self.name, reason)
        if status in _AWAY:
            return unavailable(self.name, reason)
        return FlowError("connector.failed", f"{self.name}: {reason}", details={"status": status})


def no_operation(name: str, error: NoOperationError) -> FlowError:
    """The error for an operation that is not there."""
    return FlowError("connector.soap.operation", f"{name}: {error}: {error.hint}")


async def _document(connection: "SoapConnection", opening: Opening) -> Any:
    if connection.wsdl:
        return await asyncio.to_thread(document_of_file, connection.wsdl, _from_registry(opening))
    http = await connection.http(read_address(connection.wsdl_url).origin).connect(opening)
    try:
        loop = asyncio.get_running_loop()
        return await asyncio.to_thread(document, connection.wsdl_url, _from_network(http, loop))
    finally:
        await http.close()


def _from_registry(opening: Opening) -> Load:
    def load(location: str) -> bytes:
        return file_at(location, opening.file)

    return load


def file_at(location: str, read: Any) -> bytes:
    """The file of the registry that a location is.

    Raises:
        DocumentError: there is none, or the location is none of a file.
    """
    path = location.removeprefix("file:///")
    content: bytes | None = read(path) if path != location and ".." not in path.split("/") else None
    if content is None:
        raise DocumentError(f"the WSDL needs {path!r}, which is no file of the project")
    return content


def _from_network(http: HttpClient, loop: asyncio.AbstractEventLoop) -> Load:
    """Fetches in the event loop for a thread that waits."""

    async def fetch(location: str) -> bytes:
        answer = await http.send(Call("GET", url=location))
        if answer.status != 200:
            code = "connector.unavailable" if answer.status in _AWAY else "connector.soap.wsdl"
            raise FlowError(code, f"{answer.url} answered {answer.status} in place of a WSDL")
        return answer.content

    def load(location: str) -> bytes:
        return asyncio.run_coroutine_threadsafe(fetch(location), loop).result()

    return load
