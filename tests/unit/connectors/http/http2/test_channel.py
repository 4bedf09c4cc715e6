import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import Event, PingReceived, RequestReceived, StreamReset

from airdock.connectors.http.calls import Call
from airdock.connectors.http.client import HttpClient
from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.http.http2 import channel
from airdock.connectors.http.pieces import Pieces
from airdock.connectors.http.tls import Tls
from airdock.errors import FlowError
from tests.unit.connectors.http.http2.scripted import answering, scripted
from tests.unit.connectors.http.http2.servers import FILES
from tests.unit.connectors.http.peers import connected


def reaching(url: str, **fields: Any) -> Any:
    return connected(HttpConnection(url=url, http2=True, tls=Tls(ca="p/ca.pem"), **fields), files=FILES)


async def told(client: HttpClient, call: Call) -> str:
    with pytest.raises(FlowError) as caught:
        await client.send(call)
    return str(caught.value)


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b"x" * 10_000


async def test_what_was_not_looked_at_is_sent_again(tmp_path: Path) -> None:
    def refusing(peer: H2Connection, event: Event) -> None:
        if isinstance(event, RequestReceived) and event.stream_id < 4:
            peer.reset_stream(event.stream_id, ErrorCodes.REFUSED_STREAM)
        else:
            answering(peer, event)

    def leaving(peer: H2Connection, event: Event) -> None:
        if isinstance(event, RequestReceived):
            peer.close_connection(last_stream_id=0)

    for script in refusing, leaving:
        async with scripted(tmp_path, script, answering) as url, reaching(url) as client:
            assert (await client.send(Call("POST", body=b"x"))).status == 200
    async with scripted(tmp_path, leaving) as url, reaching(url) as client:
        assert "the service ends the connection (NO_ERROR)" in await told(client, Call("GET"))


async def test_what_was_cut_is_not_sent_again(tmp_path: Path) -> None:
    def cutting(peer: H2Connection, event: Event) -> None:
        if isinstance(event, RequestReceived):
            peer.reset_stream(event.stream_id, ErrorCodes.INTERNAL_ERROR)

    async with scripted(tmp_path, cutting, answering) as url, reaching(url) as client:
        assert "cut the call off (INTERNAL_ERROR)" in await told(client, Call("GET"))


async def test_an_answer_before_the_end_of_the_body(tmp_path: Path) -> None:
    cut = asyncio.Event()

    def early(peer: H2Connection, event: Event) -> None:
        # Its window is never opened again.
        answering(peer, event)
        if isinstance(event, StreamReset):
            cut.set()

    async with scripted(tmp_path, early) as url, reaching(url) as client:
        assert (await client.send(Call("PUT", pieces=Pieces(endless)))).status == 200
        await asyncio.wait_for(cut.wait(), 5)
        assert (await client.send(Call("GET"))).status == 200


async def test_a_service_that_does_not_take_the_body(tmp_path: Path) -> None:
    async with scripted(tmp_path, lambda peer, event: None) as url, reaching(url) as client:
        for call in Call("PUT", pieces=Pieces(endless), timeout=0.1), Call("PUT", body=b"x" * 100_000, timeout=0.1):
            assert "no answer within 0.1 s" in await told(client, call)


async def test_a_service_that_says_nothing_at_all_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "_PATIENCE", 0.05)

    def deaf(peer: H2Connection, event: Event) -> None:
        if getattr(event, "stream_id", 0) == 1:
            answering(peer, event)
        elif isinstance(event, RequestReceived | PingReceived):
            peer.clear_outbound_data_buffer()

    async with scripted(tmp_path, deaf, answering) as url, reaching(url) as client:
        assert (await client.send(Call("GET"))).status == 200
        other = asyncio.ensure_future(client.send(Call("GET", "/other")))
        assert "no answer within 0.1 s" in await told(client, Call("GET", timeout=0.1))
        with pytest.raises(FlowError, match="not there any more"):
            await other
        assert (await client.send(Call("GET"))).status == 200


async def test_a_connection_that_breaks(tmp_path: Path) -> None:
    def breaking(peer: H2Connection, event: Event) -> None:
        if isinstance(event, RequestReceived):
            raise ConnectionResetError

    async with scripted(tmp_path, breaking, answering) as url, reaching(url) as client:
        assert "hung up" in await told(client, Call("GET"))
        assert (await client.send(Call("GET"))).status == 200
    async with reaching(url) as client:
        assert "ConnectionRefusedError" in await told(client, Call("GET"))


async def test_what_is_no_http_2(tmp_path: Path) -> None:
    def babbling(peer: H2Connection, event: Event) -> None:
        peer.clear_outbound_data_buffer()
        peer._data_to_send += b"\0" * 5000

    async with scripted(tmp_path, babbling) as url, reaching(url) as client:
        assert "no HTTP/2" in await told(client, Call("GET"))
