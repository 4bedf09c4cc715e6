"""The way to a service: a socket to an address that may be connected to, or through a proxy."""

import asyncio
import re
import socket

from airdock.connectors.http.auth import basic
from airdock.connectors.resolving import resolved
from airdock.spec.connection import Network

_LONGEST = 64 * 1024
_HEAD = re.compile(rb"HTTP/1\.[01] (\d{3})")


class Way:
    """How the services of a connection are reached."""

    def __init__(
        self, name: str, network: Network, proxy: tuple[str, int] | None, auth: tuple[str, str] | None
    ) -> None:
        """`proxy`: its host and port. `auth`: the user and the password that it is told."""
        self._name = name
        self._network = network
        self._proxy = proxy
        self._proof = "" if auth is None else f"Proxy-Authorization: {basic(*auth)}\r\n"

    async def socket_to(self, host: str, port: int) -> socket.socket:
        """A socket at whose other end the service is, or what the proxy makes of its name.

        Raises:
            FlowError: what `resolved` raises. OSError: nobody answers; the proxy does not let us.
        """
        if self._proxy is None:
            return await self._socket(host, port)
        made = await self._socket(*self._proxy)
        try:
            await self._tunnel(made, f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
        except BaseException:
            made.close()
            raise
        return made

    async def _socket(self, host: str, port: int) -> socket.socket:
        failure = OSError("there is no address")
        for address in await resolved(self._name or host, host, port, self._network):
            made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
            try:
                made.setblocking(False)
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                await asyncio.get_running_loop().sock_connect(made, (address, port))
            except OSError as error:
                made.close()
                failure = error
            except BaseException:
                made.close()
                raise
            else:
                return made
        raise failure

    async def _tunnel(self, made: socket.socket, target: str) -> None:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(made, f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{self._proof}\r\n".encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = await loop.sock_recv(made, 4096)
            answer += piece
            if not piece or len(answer) > _LONGEST:
                raise OSError("the proxy gave no answer")
        found = _HEAD.match(answer)
        if found is None or found[1][:1] != b"2":
            told = answer.partition(b"\r\n")[0][:100].decode("latin-1")
            raise OSError(f"the proxy does not let us through to {target}: {told!r}")
