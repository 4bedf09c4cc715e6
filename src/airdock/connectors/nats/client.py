"""A connection to NATS servers: opened when it is needed, and opened anew when it was lost."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.nats.answer import Answer
from airdock.errors import FlowError

if TYPE_CHECKING:
    from nats.aio.client import Client as Nats
    from nats.js import JetStreamContext

T = TypeVar("T")

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 5.0
"""How long a server may take to answer, unless more is asked for."""
_CLOSE_SECONDS = 1.0
_PING_SECONDS = 10
"""How often a silent connection is tried; after two pings without an answer it counts as lost."""

MESSAGE_ID = "Nats-Msg-Id"
"""The header by which JetStream knows a message that it has already."""


class Kept(NamedTuple):
    """A message that a stream has: its number there, and whether it was there already."""

    stream: str
    sequence: int
    duplicate: bool


class Session:
    """One connection, from when it is made until it is lost; it is never mended.

    Attributes:
        nats: The library's client. lost: Set when the connection is gone.
    """

    def __init__(self, nats: "Nats") -> None:
        self.nats = nats
        self.lost = asyncio.Event()
        self._stream: JetStreamContext | None = None

    @property
    def jetstream(self) -> "JetStreamContext":
        if self._stream is None:
            self._stream = self.nats.jetstream(timeout=ANSWER_SECONDS)
        return self._stream


class NatsClient:
    """Publishes to servers, and gives sources the connection. Each use may find it lost, and makes a new one."""

    def __init__(self, name: str, options: Callable[[], Mapping[str, Any]]) -> None:
        """
        Args:
            name: For messages.
            options: What a connection is made with, asked again for each; raises FlowError.
        """
        self.name = name
        self._options = options
        self._session: Session | None = None
        self._lock = asyncio.Lock()
        self._closed = False

    async def session(self) -> Session:
        """The connection, a new one where there was none or it was lost.

        Raises:
            FlowError: `connector.unavailable`, `connector.refused`.
        """
        session = self._session
        if session is not None and not session.lost.is_set():
            return session
        async with self._lock:
            if self._closed:
                raise unavailable(self.name, "the connection is closed")
            if self._session is None or self._session.lost.is_set():
                self._session = await self._connected()
            return self._session

    async def check(self) -> None:
        session = await self.session()
        await self.answered(session, session.nats.flush(timeout=int(ANSWER_SECONDS)))

    async def close(self) -> None:
        self._closed = True
        session, self._session = self._session, None
        if session is not None:
            session.lost.set()
            await _closed(session.nats)

    async def send(self, subject: str, content: bytes, headers: Mapping[str, str]) -> None:
        """Sends a message to whoever listens now; a server has it when this returns."""
        session = await self.session()

        async def sent() -> None:
            await session.nats.publish(subject, content, headers=dict(headers) or None)
            await session.nats.flush(timeout=int(ANSWER_SECONDS))

        await self.answered(session, sent())

    async def store(self, subject: str, content: bytes, headers: Mapping[str, str]) -> Kept:
        """Gives a message to the stream that keeps its subject, which has it safely when this returns.

        Raises:
            FlowError: `connector.nats.stream`, no stream keeps the subject, or it takes no more.
        """
        session = await self.session()
        kept = await self.answered(
            session, session.jetstream.publish(subject, content, headers=dict(headers) or None), subject
        )
        return Kept(kept.stream, kept.seq, bool(kept.duplicate))

    async def request(self, subject: str, content: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
        """Asks whoever listens, and gives the first answer.

        Raises:
            FlowError: `connector.timeout`; `connector.nats.nobody`, nobody listens.
        """
        session = await self.session()
        asked = session.nats.request(subject, content, timeout=seconds, headers=dict(headers) or None)
        answer = await self.answered(session, asked, subject)
        return Answer(answer.data, dict(answer.headers or {}))

    async def answered(self, session: Session, asking: Awaitable[T], subject: str = "") -> T:
        """What the servers answer; ends with the connection, for which the library's calls would wait in vain.

        Raises:
            FlowError: what went wrong, in the words of all connectors.
        """
        answer = asyncio.ensure_future(asking)
        lost = asyncio.ensure_future(session.lost.wait())
        try:
            await asyncio.wait((answer, lost), return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise unavailable(self.name, "the connection was lost")
            try:
                return answer.result()
            except Exception as error:
                raise self.told(error, subject) from error
        finally:
            lost.cancel()
            answer.cancel()
            if not answer.done():
                # What it raises meanwhile has been told already.
                answer.add_done_callback(_forget)

    def told(self, error: Exception, subject: str = "") -> FlowError:
        """An error of the library in the words of all connectors."""
        from nats import errors
        from nats.js import errors as kept_errors

        reason = str(error) or type(error).__name__
        if isinstance(error, FlowError):
            return error
        if isinstance(error, kept_errors.NoStreamResponseError):
            return FlowError("connector.nats.stream", f"{self.name}: no stream keeps the subject {subject!r}")
        if isinstance(error, errors.NoRespondersError):
            return FlowError("connector.nats.nobody", f"{self.name}: nobody listens to {subject!r}")
        if isinstance(error, kept_errors.ServiceUnavailableError):
            return FlowError("connector.nats.stream", f"{self.name}: {error.description or reason}")
        if isinstance(error, kept_errors.APIError):
            return FlowError("connector.failed", f"{self.name}: {error.description or reason}")
        if isinstance(error, errors.MaxPayloadError):
            return FlowError("connector.failed", f"{self.name}: the message is larger than the server takes")
        if isinstance(error, errors.AuthorizationError) or "authorization" in reason.lower():
            return refused(self.name, "it does not take these credentials")
        if isinstance(error, TimeoutError | errors.TimeoutError):
            return FlowError("connector.timeout", f"{self.name} did not answer in time")
        if isinstance(
            error, errors.NoServersError | errors.ConnectionClosedError | errors.StaleConnectionError | OSError
        ):
            return unavailable(self.name, reason.removeprefix("nats: "))
        return FlowError("connector.failed", f"{self.name}: {reason.removeprefix('nats: ')}")

    async def _connected(self) -> Session:
        nats, session = _made()
        last: list[Exception] = []

        async def lost() -> None:
            session.lost.set()

        async def failed(error: Exception) -> None:
            last.append(error)

        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await nats.connect(
                    **self._options(),
                    allow_reconnect=False,
                    # Each server is tried twice, at once.
                    max_reconnect_attempts=1,
                    reconnect_time_wait=0,
                    connect_timeout=int(CONNECT_SECONDS),
                    ping_interval=_PING_SECONDS,
                    max_outstanding_pings=2,
                    error_cb=failed,
                    disconnected_cb=lost,
                    closed_cb=lost,
                )
        except FlowError:
            raise
        except TimeoutError:
            await _closed(nats)
            raise unavailable(self.name, f"no answer within {CONNECT_SECONDS:g} s") from None
        except Exception as error:
            await _closed(nats)
            raise self._away([*last, error]) from error
        return session

    def _away(self, errors: list[Exception]) -> FlowError:
        """What kept a connection from being made: a refusal, if there was one, else the first of all reasons."""
        for error in errors:
            if (told := self.told(error)).code == "connector.refused":
                return told
        return unavailable(self.name, (str(errors[0]) or type(errors[0]).__name__).removeprefix("nats: "))


def _made() -> "tuple[Nats, Session]":
    """A client of the library, not connected yet, whose session learns at once that the connection is gone.

    The library calls `disconnected_cb` at the end of what it does then, and not at all where that fails: what it has
    not sent yet cannot be sent any more, for one.
    """
    from nats.aio.client import Client

    class Telling(Client):
        async def _close(self, status: int, do_cbs: bool = True) -> None:
            session.lost.set()
            await super()._close(status, do_cbs)

    nats = Telling()
    session = Session(nats)
    return nats, session


async def _closed(nats: "Nats") -> None:
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await nats.close()
    except Exception:  # noqa: BLE001, S110 -- it is gone, whatever keeps it from saying goodbye
        pass


def _forget(task: "asyncio.Future[Any]") -> None:
    if not task.cancelled():
        task.exception()
