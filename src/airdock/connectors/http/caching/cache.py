"""The cache of a connection: which answers come from it, and which requests go to the service."""

from typing import Any

from airdock.connectors.http.caching.asking import Asking, Memory, Send, marked
from airdock.connectors.http.caching.directives import Directives
from airdock.connectors.http.caching.entry import text
from airdock.connectors.http.caching.store import Apart, Store
from airdock.connectors.http.calls import Received, Sending
from airdock.connectors.http.reach import joined, read_address
from airdock.errors import FlowError
from airdock.spec.clock import Clock

_SAFE = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
_CONDITIONS = frozenset(("if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "range"))
"""Headers with which a request asks for less than the whole answer: what comes is its author's business."""
_NEUTRAL = frozenset(("accept", "accept-language", "accept-encoding", "cache-control", "user-agent", "traceparent"))
"""Headers that do not say who calls; what an answer does depend on, `Vary` says."""


class HttpCache:
    """Keeps answers in memory and gives them again, as RFC 9111 says. For one event loop."""

    def __init__(self, clock: Clock, private: bool, max_size: int, stale_if_error: float) -> None:
        """
        Args:
            private: All calls are those of one caller, so that answers for one alone may be kept.
            max_size: Bytes. stale_if_error: For so many seconds stale answers stand in for a service that fails.
        """
        self._memory = Memory(clock, private, Store(max_size), stale_if_error)

    async def answer(self, sending: Sending, apart: Apart, authorized: bool, send: Send) -> Received:
        """What the cache has, or what the service answers; the header `Cache-Status` (RFC 9211) tells which.

        Args:
            apart: What says who calls, beyond the connection itself (`apart_by`).
            authorized: The request says who calls; an answer to it is shared only where the service lets it be.
        """
        if sending.method not in _SAFE:
            received = await send(sending)
            if received.status < 400:
                self._invalidate(sending.url, received.headers)
            return marked(received, "fwd=method")
        headers = {name.lower(): value for name, value in sending.headers.items()}
        wanted = Directives(headers.get("cache-control"))
        if (
            sending.stream
            or sending.method not in ("GET", "HEAD")
            or "no-store" in wanted
            or not _CONDITIONS.isdisjoint(headers)
        ):
            return marked(await send(sending), "fwd=bypass")
        return await Asking(self._memory, sending, (sending.url, apart), headers, wanted, authorized, send).answer()

    def _invalidate(self, url: str, headers: dict[str, Any]) -> None:
        """What a change at an address makes wrong, and at those of the same origin that its answer names."""
        origin = read_address(url).origin
        urls = {url}
        for name in ("location", "content-location"):
            if name in headers:
                try:
                    address = joined(url, text(headers, name))
                except FlowError:
                    continue
                if address.origin == origin:
                    urls.add(address.url)
        self._memory.forget(urls)


def apart_by(headers: dict[str, str]) -> Apart:
    """What the headers of a call say of who calls. Any header that is not known to say nothing of it may: answers are
    kept apart by it."""
    if not headers:
        return ()
    named = ((name.lower(), value) for name, value in headers.items())
    return tuple(sorted(each for each in named if each[0] not in _NEUTRAL and not each[0].startswith("content-")))
