"""Subscriptions of a GraphQL service: over a WebSocket (graphql-transport-ws), or as a stream of events."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import msgspec

from airdock.connectors.errors import unavailable
from airdock.connectors.graphql.results import Executed, errors_of, executed_of
from airdock.connectors.graphql.transport import PROTOCOL, TransportSocket
from airdock.connectors.http.ahead import Made, read_ahead
from airdock.connectors.http.bodies import DEPTH, decode_body, encode_body, is_json, media_type
from airdock.connectors.http.calls import Call, Received, Upgrade
from airdock.connectors.http.client import HttpClient
from airdock.connectors.http.openings import dial
from airdock.connectors.sse.events import EventReader
from airdock.connectors.sse.source import EVENTS, check_stream, events_of
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.nesting import json_deeper
from airdock.spec.clock import Clock

_AHEAD = 4
"""Bytes that wait to be taken, in largest messages."""
_TOLD = 64 * 1024
"""Bytes of what a service tells in place of a stream."""


class Way(NamedTuple):
    """How subscriptions are carried.

    Attributes:
        url: Where they are asked for, in full; empty for the connection's own. over: `websocket` or `sse`.
        params: What the first message of a socket has. heartbeat, silence: As `Subscriptions` has them.
    """

    url: str = ""
    over: str = "websocket"
    params: Mapping[str, str] = {}
    heartbeat: float = 30.0
    silence: float = 300.0


@asynccontextmanager
async def over_socket(
    name: str, http: HttpClient, way: Way, request: Mapping[str, Any], clock: Clock
) -> AsyncIterator[AsyncIterator[Executed]]:
    """A subscription that has a socket of its own; see `GraphqlClient.subscribe`."""
    most, timeout = http.profile.max_size, http.profile.timeout
    call = Call("GET", url=way.url, upgrade=Upgrade((PROTOCOL,), most, way.heartbeat))
    socket = TransportSocket(name, await dial(http, call, clock.now()))
    try:
        await within(timeout, socket.begin(way.params))
        await socket.subscribe(request)
    except BaseException as error:
        await socket.close()
        if isinstance(error, DeadlineError):
            raise FlowError("connector.timeout", f"{name}: no `connection_ack` within {timeout:g} s") from None
        raise
    async with read_ahead(socket, _AHEAD * most) as ahead:
        yield Made(ahead, lambda payload: _read(name, payload))


@asynccontextmanager
async def over_events(
    name: str, http: HttpClient, way: Way, request: Mapping[str, Any], clock: Clock
) -> AsyncIterator[AsyncIterator[Executed]]:
    """A subscription that is the answer to a POST; see `GraphqlClient.subscribe`."""
    body, content_type = encode_body(request, "application/json")
    headers = {"Accept": EVENTS, "Content-Type": content_type, "Accept-Encoding": "identity"}
    call = Call("POST", url=way.url, headers=headers, body=body, stream=True, timeout=way.silence, cached=False)
    timeout = http.profile.timeout
    try:
        received, url = await within(timeout, http.begin(call))
    except DeadlineError:
        raise FlowError("connector.timeout", f"{name}: no answer within {timeout:g} s") from None
    try:
        await _check_errors(name, received)
        check_stream(name, call.method, url, received, clock.now())
        yield _streamed(name, received, http.profile.max_size, way.silence)
    finally:
        received.close()


async def _check_errors(name: str, received: Received) -> None:
    """Raises what a service tells in place of a stream, where it speaks of it as GraphQL does."""
    kind = received.headers.get("content-type", "")
    if not isinstance(kind, str) or not is_json(media_type(kind)):
        return
    try:
        executed = executed_of(decode_body(await received.read(_TOLD), kind))
    except FlowError:
        return
    if executed is not None and executed.errors:
        raise errors_of(name, executed.errors)


async def _streamed(name: str, received: Received, most: int, silence: float) -> AsyncIterator[Executed]:
    async for event in events_of(name, received, EventReader("", most), silence):
        if event.cut:
            raise FlowError("connector.http.tooLarge", f"{name}: a result is larger than {most} bytes: raise `maxSize`")
        if event.name == "next" and event.data is not None:
            yield _read(name, event.data)
        elif event.name == "complete":
            raise unavailable(name, "the service has ended the subscription")


def _read(name: str, payload: str | bytes) -> Executed:
    try:
        value = msgspec.json.decode(payload)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise FlowError("connector.http.response", f"{name}: a result is not JSON: {error}") from error
    data = payload.encode() if isinstance(payload, str) else payload
    executed = None if json_deeper(data, value, DEPTH) else executed_of(value)
    if executed is None:
        raise FlowError(
            "connector.http.response", f"{name}: what came is no result of GraphQL, or is nested too deeply"
        )
    return executed
