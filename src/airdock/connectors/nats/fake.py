"""Servers of NATS in memory, for tests of flows."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from airdock.connectors.nats.answer import Answer
from airdock.connectors.nats.client import MESSAGE_ID, Kept
from airdock.connectors.nats.consumers import Consumer
from airdock.connectors.nats.reading import CONTENT_TYPE, read_headers
from airdock.errors import FlowError
from airdock.spec.trigger import Arrival

_MOST_KEPT = 10_000
"""Messages that are kept for consumers; the oldest go first."""


class FakeNats:
    """Keeps the promises of `NatsServers` in memory. One stream keeps whatever is given to streams, by any name."""

    def __init__(self) -> None:
        self._listening: list[_Listener] = []
        self._kept: dict[int, _Message] = {}
        self._last = 0
        self._ids: dict[str, int] = {}
        self._readers: dict[tuple[str, str], _Reader] = {}
        self._turn = 0

    async def check(self) -> None:
        return None

    async def close(self) -> None:
        return None

    async def send(self, subject: str, content: bytes, headers: Mapping[str, str]) -> None:
        self._send(_Message(subject, content, dict(headers)))

    async def store(self, subject: str, content: bytes, headers: Mapping[str, str]) -> Kept:
        id = next((value for name, value in headers.items() if name.lower() == MESSAGE_ID.lower()), "")
        if id and id in self._ids:
            return Kept("memory", self._ids[id], True)
        self._last += 1
        self._ids[id] = self._last
        self._kept[self._last] = message = _Message(subject, content, dict(headers))
        self._kept.pop(self._last - _MOST_KEPT, None)
        for reader in self._readers.values():
            reader.add(self._last, message)
        self._send(message)
        return Kept("memory", self._last, False)

    async def request(self, subject: str, content: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        if not self._send(_Message(subject, content, dict(headers), answer)):
            raise FlowError("connector.nats.nobody", f"nobody listens to {subject!r}")
        try:
            async with asyncio.timeout(seconds):
                return await answer
        except TimeoutError:
            raise FlowError("connector.timeout", f"nobody answered {subject!r} in time") from None

    @asynccontextmanager
    async def subscribed(self, subject: str, queue: str, prefetch: int) -> AsyncIterator[AsyncIterator[Arrival]]:
        listener = _Listener(subject, queue, prefetch)
        self._listening.append(listener)
        try:
            yield listener.arrivals()
        finally:
            self._listening.remove(listener)

    @asynccontextmanager
    async def consumed(self, consumer: Consumer, prefetch: int) -> AsyncIterator[AsyncIterator[Arrival]]:
        reader = self._readers.get((consumer.stream, consumer.name))
        if reader is None:
            reader = self._readers[consumer.stream, consumer.name] = _Reader(consumer.subject)
            for sequence, message in self._kept.items() if consumer.everything else ():
                reader.add(sequence, message)
        turn = _Listener(consumer.subject, "", prefetch, reader)
        try:
            yield turn.arrivals()
        finally:
            turn.give_back()

    def _send(self, message: "_Message") -> bool:
        """To one of each queue group, and to everybody else; whether there was anybody."""
        groups: dict[str, list[_Listener]] = {}
        for place, listener in enumerate(self._listening):
            if matches(listener.subject, message.subject):
                groups.setdefault(listener.queue or f"\0{place}", []).append(listener)
        self._turn += 1
        for members in groups.values():
            members[self._turn % len(members)].reader.add(0, message)
        return bool(groups)


class _Message(NamedTuple):
    subject: str
    content: bytes
    headers: dict[str, str]
    answer: "asyncio.Future[Answer] | None" = None


class _Reader:
    """What waits to be given."""

    def __init__(self, subject: str) -> None:
        self.waiting: deque[tuple[int, _Message, int]] = deque()
        self.news = asyncio.Event()
        self._subject = subject

    def add(self, sequence: int, message: _Message, attempt: int = 1) -> None:
        if not self._subject or matches(self._subject, message.subject):
            self.waiting.append((sequence, message, attempt))
            self.news.set()


class _Listener:
    """One time of listening, to what waits for it alone or for all who share a consumer."""

    def __init__(self, subject: str, queue: str, prefetch: int, reader: _Reader | None = None) -> None:
        self.subject = subject
        self.queue = queue
        self.reader = reader or _Reader(subject)
        self.given: set[FakeArrival] = set()
        self._prefetch = prefetch

    async def arrivals(self) -> AsyncIterator[Arrival]:
        reader = self.reader
        while True:
            while not reader.waiting or len(self.given) >= self._prefetch:
                reader.news.clear()
                await reader.news.wait()
            arrival = FakeArrival(self, *reader.waiting.popleft())
            self.given.add(arrival)
            yield arrival

    def give_back(self) -> None:
        for arrival in self.given:
            self.reader.add(*arrival.again)
        self.given.clear()


class FakeArrival(Arrival):
    """A message that was given and not acknowledged yet."""

    __slots__ = ("_listener", "_message", "again")

    def __init__(self, listener: _Listener, sequence: int, message: _Message, attempt: int) -> None:
        headers, content_type, id, key = read_headers(message.headers)
        about: dict[str, Any] = {"subject": message.subject}
        if sequence:
            about |= {"stream": "memory", "sequence": sequence, "attempt": attempt}
        super().__init__(
            message.content,
            content_type=content_type,
            headers=headers,
            id=id or (f"memory:{sequence}" if sequence else ""),
            key=key,
            about=about,
            redelivered=attempt > 1,
        )
        self.again = sequence, message, attempt + 1
        self._listener = listener
        self._message = message

    async def accept(self) -> None:
        self._listener.given.discard(self)
        self._listener.reader.news.set()

    async def release(self) -> None:
        self._listener.given.discard(self)
        self._listener.reader.add(*self.again)

    async def reply(self, content: bytes, content_type: str) -> None:
        answer = self._message.answer
        if answer is not None and not answer.done():
            answer.set_result(Answer(content, {CONTENT_TYPE: content_type} if content_type else {}))


def matches(pattern: str, subject: str) -> bool:
    """Whether a subject is among those that a pattern with `*` and `>` names."""
    wanted, parts = pattern.split("."), subject.split(".")
    for place, part in enumerate(wanted):
        if part == ">":
            return len(parts) > place
        if place >= len(parts) or part not in ("*", parts[place]):
            return False
    return len(wanted) == len(parts)
