"""HTTP over the network, by aiohttp: only this module and `dialling` know the library."""

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator
from ipaddress import ip_address
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from msgspec import structs
from yarl import URL

from airdock import __version__
from airdock.connectors.errors import unavailable
from airdock.connectors.http.auth import basic
from airdock.connectors.http.calls import Received, Sending
from airdock.connectors.http.dialling import Dialler
from airdock.connectors.http.whole import too_large
from airdock.errors import FlowError, described, text_of
from airdock.spec.connection import Network

AGENT = f"airdock/{__version__}"
_NAMES_KEPT = 10
"""Seconds for which the addresses of a name are kept; they were looked at when they were found."""


class NetworkCarrier:
    """One pool of connections, for one event loop."""

    def __init__(
        self,
        name: str,
        network: Network,
        *,
        tls: tuple[ssl.SSLContext, ssl.SSLContext] | None = None,
        pool: int = 100,
        proxy: str = "",
        proxy_auth: tuple[str, str] | None = None,
        compressed: bool = True,
    ) -> None:
        """`tls`: contexts for the own origin and for others. `name`: of the connection, for messages."""
        self._name = name
        self._network = network
        self._tls = tls
        self._proxy = URL(proxy) if proxy else None
        self._proof = {"Proxy-Authorization": basic(*proxy_auth)} if proxy_auth else {}
        self._timeouts: dict[tuple[float, bool], aiohttp.ClientTimeout] = {}
        self._accept = "gzip, deflate" if compressed else "identity"
        connector = aiohttp.TCPConnector(
            limit=pool,
            ttl_dns_cache=_NAMES_KEPT,
            resolver=NetworkResolver(network),
            socket_factory=socket_within(network),
        )
        self._connector = connector
        self._dialler: Dialler | None = None
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": AGENT, "Accept-Encoding": self._accept},
            max_line_size=64 * 1024,
            max_field_size=64 * 1024,
        )

    async def send(self, sending: Sending) -> Received:
        if sending.upgrade is not None:
            return await self._dialled(sending)
        pieces = sending.pieces
        try:
            if pieces is None:
                response = await self._requested(sending, sending.body)
            else:
                async with asyncio.timeout(None) as patience:
                    response = await self._requested(sending, pieces.watched(patience, sending.timeout))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            if pieces is not None and pieces.failure is not None:
                raise pieces.failure from error
            raise self.told(error, sending) from error
        return _NetworkAnswer(response, self, sending)

    async def _requested(self, sending: Sending, data: Any) -> aiohttp.ClientResponse:
        waits = sending.stream or sending.pieces is not None
        timeout = self._timeouts.get((sending.timeout, waits))
        if timeout is None:
            timeout = self._timeouts[sending.timeout, waits] = _timeout(sending.timeout, waits)
        return await self._session.request(
            sending.method,
            URL(sending.url, encoded=True),
            headers=self._headers(sending),
            data=data,
            allow_redirects=False,
            timeout=timeout,
            **self._options(sending),
        )

    async def close(self) -> None:
        if self._dialler is not None:
            await self._dialler.close()
        await self._session.close()

    def _options(self, sending: Sending) -> dict[str, Any]:
        options: dict[str, Any] = {}
        if self._tls is not None:
            options["ssl"] = self._tls[0 if sending.own else 1]
        if self._proxy is not None:
            self.check_literal(sending.url)
            options["proxy"] = self._proxy
            if self._proof and _is_secure(sending.url):
                options["proxy_headers"] = self._proof
        return options

    def _headers(self, sending: Sending) -> dict[str, str]:
        """What the request says; without encryption the proxy is told in it who calls, else in front of it."""
        return sending.headers if not self._proof or _is_secure(sending.url) else {**sending.headers, **self._proof}

    async def _dialled(self, sending: Sending) -> Received:
        if self._dialler is None:
            self._dialler = Dialler(self._name, self._connector, {"User-Agent": AGENT})
        try:
            told = structs.replace(sending, headers=self._headers(sending))
            return await self._dialler.dial(told, self._options(sending))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise self.told(error, sending) from error

    def check_literal(self, url: str) -> None:
        """A proxy connects to what it is told: it finds the addresses of names, and is to know what it may do."""
        host = URL(url, encoded=True).host or ""
        if self._proxy is not None and is_literal(host) and not self._network.allows(host):
            raise forbidden(host)

    def told(self, error: Exception, sending: Sending) -> FlowError:
        where = sending.url.partition("?")[0]
        if isinstance(error, TimeoutError):
            return FlowError("connector.timeout", f"{sending.method} {where}: no answer within {sending.timeout:g} s")
        if isinstance(error, aiohttp.ClientResponseError):
            return FlowError(
                "connector.http.response", f"{sending.method} {where}: no HTTP answer: {error.message:.200}"
            )
        if isinstance(error, ValueError) and not isinstance(error, aiohttp.ClientConnectionError):
            return FlowError(
                "connector.http.address", f"{sending.method} {where} cannot be sent: {described(error):.200}"
            )
        return unavailable(self._name or where, _reason(error))


class _NetworkAnswer:
    """An answer whose body is still on the wire."""

    __slots__ = ("_carrier", "_response", "_sending", "headers", "status")

    def __init__(self, response: aiohttp.ClientResponse, carrier: NetworkCarrier, sending: Sending) -> None:
        self._response = response
        self._carrier = carrier
        self._sending = sending
        self.status = response.status
        self.headers = headers = dict[str, Any]()
        for name, value in response.headers.items():
            name = name.lower()
            if name not in headers:
                headers[name] = value
            elif isinstance(headers[name], list):
                headers[name].append(value)
            else:
                headers[name] = [headers[name], value]

    async def read(self, most: int) -> bytes:
        response = self._response
        length = response.content_length
        if length is not None and length > most:
            self.close()
            raise too_large(most)
        if length is not None and "content-encoding" not in self.headers:
            try:
                return await response.read()
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise self._carrier.told(error, self._sending) from error
        return b"".join([piece async for piece in self.pieces(most)])

    async def pieces(self, most: int) -> AsyncIterator[bytes]:
        taken = 0
        try:
            async for piece in self._response.content.iter_any():
                taken += len(piece)
                if taken > most:
                    raise too_large(most)
                yield piece
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if isinstance(error, aiohttp.ClientPayloadError) and "content-encoding" in str(error):
                raise FlowError("connector.http.response", "the answer is not packed as its head says") from error
            raise self._carrier.told(error, self._sending) from error
        finally:
            self.close()

    def close(self) -> None:
        # What was read to its end goes back to the pool by itself; anything else is cut.
        self._response.close()


def _reason(error: Exception) -> str:
    """Why nobody answers: where, and the words of the system, in place of those of the library."""
    if not isinstance(error, aiohttp.ClientConnectorError):
        return described(error)
    system = error.os_error
    number = system.errno or 0
    # Errors of encryption and of names have numbers of their own.
    known = number > 0 and not isinstance(system, ssl.SSLError)
    words = os.strerror(number) if known else system.strerror or text_of(system)
    proxy = "the proxy " if isinstance(error, aiohttp.ClientProxyConnectionError) else ""
    return f"{proxy}{error.host}:{error.port}: {words}"


def _is_secure(url: str) -> bool:
    return url.startswith("https:")


def _timeout(seconds: float, waits: bool) -> aiohttp.ClientTimeout:
    """For all of a call, or for each wait of it."""
    if waits:
        return aiohttp.ClientTimeout(total=None, connect=seconds, sock_read=seconds)
    return aiohttp.ClientTimeout(total=seconds)


class NetworkResolver(AbstractResolver):
    """Finds the addresses of names, those alone that may be connected to."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._resolver = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        allowed = [each for each in found if self._network.allows(each["host"])]
        if found and not allowed:
            raise forbidden(f"{host} ({found[0]['host']})")
        return allowed

    async def close(self) -> None:
        await self._resolver.close()


def socket_within(network: Network) -> Any:
    """Makes sockets for what may be connected to: the last look, at the very address, whoever found it."""

    def make(info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, address = info
        if not network.allows(address[0]):
            raise forbidden(address[0])
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made

    return make


def forbidden(where: str) -> FlowError:
    """An address is inside."""
    message = f"{where} is a private address that this installation does not allow (`private_networks`)"
    return FlowError("connector.network", message)


def is_literal(host: str) -> bool:
    """Whether a host is an address and no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
