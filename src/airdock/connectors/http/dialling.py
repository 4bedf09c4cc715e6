"""WebSockets over the network, by aiohttp."""

from collections.abc import Awaitable, Mapping
from types import SimpleNamespace
from typing import Any

import aiohttp
from yarl import URL

from airdock.connectors.errors import unavailable
from airdock.connectors.http.calls import Received, Sending, Upgrade
from airdock.connectors.http.sockets import NORMAL, SWITCHING, TOO_BIG, Content, Upgraded, closed
from airdock.connectors.http.whole import WholeAnswer
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError, described

_CLOSING = 2.0
"""Seconds that the other side may take to close, too."""


class Dialler:
    """Opens WebSockets by the connector of a carrier, so that they go where its calls may go."""

    def __init__(self, name: str, connector: aiohttp.BaseConnector, headers: dict[str, str]) -> None:
        self._name = name
        # The library would follow redirects by itself, to where nobody has looked.
        watching = aiohttp.TraceConfig()
        watching.on_request_redirect.append(_stop)
        self._session = aiohttp.ClientSession(
            connector=connector,
            connector_owner=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=None),
            trace_configs=[watching],
        )

    async def dial(self, sending: Sending, options: dict[str, Any]) -> Received:
        """The socket, or whatever else the service answers. Raises what the library raises, and `TimeoutError`."""
        upgrade = sending.upgrade or Upgrade()
        dialled = self._session.ws_connect(
            URL(sending.url, encoded=True),
            headers=sending.headers,
            protocols=upgrade.protocols,
            # The library's bound is the first size that is too much.
            max_msg_size=upgrade.max_size + 1,
            autoping=False,
            timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSING),
            **options,
        )
        try:
            socket = await within(sending.timeout, dialled)
        except DeadlineError:
            raise TimeoutError from None
        except _RedirectedError as redirected:
            return WholeAnswer(redirected.status, _lowered(redirected.headers), b"")
        except aiohttp.WSServerHandshakeError as error:
            if error.status == SWITCHING:
                raise
            return WholeAnswer(error.status, _lowered(error.headers or {}), b"")
        return Upgraded(NetworkSocket(self._name or sending.url.partition("?")[0], socket, upgrade))

    async def close(self) -> None:
        """Ends what is open."""
        await self._session.close()


class _RedirectedError(Exception):
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        super().__init__()
        self.status = response.status
        self.headers = response.headers


def _lowered(headers: Mapping[str, str]) -> dict[str, Any]:
    return {name.lower(): value for name, value in headers.items()}


async def _stop(session: object, context: SimpleNamespace, told: aiohttp.TraceRequestRedirectParams) -> None:
    told.response.close()
    raise _RedirectedError(told.response)


class NetworkSocket:
    """A socket on the network; see `Socket`."""

    def __init__(self, name: str, socket: aiohttp.ClientWebSocketResponse, upgrade: Upgrade) -> None:
        self._name = name
        self._socket = socket
        self._upgrade = upgrade
        self.protocol = socket.protocol or ""

    async def receive(self) -> Content:
        asked = False
        while True:
            try:
                message = await within(self._upgrade.heartbeat, self._socket.receive())
            except DeadlineError:
                if asked:
                    seconds = f"{2 * self._upgrade.heartbeat:g} s"
                    raise unavailable(self._name, f"nothing came for {seconds}, not even an answer to a ping") from None
                asked = True
                await self._quietly(self._socket.ping())
                continue
            asked = False
            if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                return message.data  # type: ignore[no-any-return]
            if message.type is aiohttp.WSMsgType.PING:
                await self._quietly(self._socket.pong(message.data))
            elif message.type is not aiohttp.WSMsgType.PONG:
                raise self._ended(message)

    async def send(self, content: Content) -> None:
        call = self._socket.send_str(content) if isinstance(content, str) else self._socket.send_bytes(content)
        try:
            await self._in_time(call)
        except DeadlineError:
            raise unavailable(self._name, "the service does not take what is sent to it") from None
        except (aiohttp.ClientError, OSError) as error:
            raise unavailable(self._name, described(error)) from error

    async def close(self, code: int = NORMAL) -> None:
        await self._quietly(self._socket.close(code=code))

    async def _quietly(self, call: Awaitable[Any]) -> None:
        """What cannot be sent any more shows when something is received."""
        try:
            await self._in_time(call)
        except (aiohttp.ClientError, OSError, DeadlineError):
            return

    async def _in_time(self, call: Awaitable[Any]) -> None:
        """A service that reads nothing holds nobody up for longer than one that is silent."""
        await within(2 * self._upgrade.heartbeat, call)

    def _ended(self, message: aiohttp.WSMessage) -> FlowError:
        error = message.data
        if isinstance(error, aiohttp.WebSocketError):
            if error.code == TOO_BIG:
                most = self._upgrade.max_size
                words = f"{self._name}: a message is larger than {most} bytes: raise `maxSize`"
                return FlowError("connector.http.tooLarge", words)
            return FlowError("connector.http.response", f"{self._name}: no message of a WebSocket: {error}")
        if isinstance(error, Exception):
            return unavailable(self._name, described(error))
        reason = message.extra if isinstance(message.extra, str) else ""
        return closed(self._name, self._socket.close_code, reason)
