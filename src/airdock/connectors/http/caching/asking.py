"""One request that the cache may answer, or the service for all that wait for the same."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from airdock.connectors.http.caching.directives import LONGEST, Directives
from airdock.connectors.http.caching.entry import Entry, Moment, copied, entry_of, freshened, may_be_kept, nominated_by
from airdock.connectors.http.caching.store import Key, Store
from airdock.connectors.http.calls import Received, Sending
from airdock.connectors.http.whole import WholeAnswer
from airdock.errors import FlowError
from airdock.spec.clock import Clock

Send = Callable[[Sending], Awaitable[Received]]
"""Sends a request to the service; raises what `Carrier.send` does."""
Flight = asyncio.Future[Entry | None]
"""A request on its way: its entry, None where the answer serves that request alone, or its FlowError."""

_AWAY = ("connector.unavailable", "connector.timeout")
_PASSING = 1000
"""So many keys are remembered of which the last answer could not be used twice."""


class Memory:
    """What the requests of a cache share.

    Attributes:
        clock, private, stale_if_error: As `HttpCache` has them. store: What is kept. flights: What others wait for.
    """

    def __init__(self, clock: Clock, private: bool, store: Store, stale_if_error: float) -> None:
        self.clock = clock
        self.private = private
        self.store = store
        self.stale_if_error = stale_if_error
        self.flights: dict[Key, Flight] = {}
        self._asking: set[Asking] = set()
        self._passing: OrderedDict[Key, None] = OrderedDict()

    def forget(self, urls: set[str]) -> None:
        """Something has changed at these addresses; what is on its way was perhaps made before."""
        for url in urls:
            self.store.forget(url)
        for key in [key for key in self.flights if key[0] in urls]:
            del self.flights[key]
        for asking in self._asking:
            asking.outdated = asking.outdated or asking.key[0] in urls

    def began(self, asking: "Asking") -> None:
        """A request goes to the service."""
        self._asking.add(asking)

    def ended(self, asking: "Asking") -> None:
        """It has its answer, or none."""
        self._asking.discard(asking)

    def passes(self, key: Key) -> bool:
        """Whether nobody is to wait for the answer to another request, as it would serve that one alone."""
        return key in self._passing

    def learn(self, key: Key, shared: bool) -> None:
        """An answer came that others could use, or could not."""
        if shared:
            self._passing.pop(key, None)
            return
        self._passing[key] = None
        if len(self._passing) > _PASSING:
            self._passing.popitem(last=False)


class Asking:
    """A GET or HEAD that the cache may answer.

    Attributes:
        key: What is asked for, and by whom. outdated: What comes was perhaps made before a change: it is not kept.
    """

    def __init__(
        self,
        memory: Memory,
        sending: Sending,
        key: Key,
        headers: dict[str, str],
        wanted: Directives,
        authorized: bool,
        send: Send,
    ) -> None:
        self.key = key
        self.outdated = False
        self._memory = memory
        self._store = memory.store
        self._clock = memory.clock
        self._sending = sending
        self._headers = headers
        self._wanted = wanted
        self._authorized = authorized
        self._send = send
        self._flight: Flight | None = None

    async def answer(self) -> Received:
        memory, key = self._memory, self.key
        while True:
            entry = self._store.find(key, self._headers)
            if entry is not None and self._usable(entry):
                return self._given(entry, "hit")
            if "only-if-cached" in self._wanted:
                return marked(WholeAnswer(504, {}, b""), "detail=only-if-cached")
            if self._sending.method == "HEAD":
                return marked(await self._send(self._sending), self._forwarded(entry))
            flight = memory.flights.get(key)
            if self._wanted or memory.passes(key):
                return await self._fetch(entry)
            if flight is None:
                return await self._lead(entry)
            why = self._forwarded(entry)
            came = await self._wait(flight)
            if came is not None and came.stands_for(self._headers) and self._usable(came):
                return self._given(came, f"{why}; collapsed")
            if not flight.cancelled():
                return await self._fetch(entry)

    async def _lead(self, entry: Entry | None) -> Received:
        """Asks the service for all that wait for the same."""
        flights, key = self._memory.flights, self.key
        flight = self._flight = flights[key] = asyncio.get_running_loop().create_future()
        try:
            received = await self._fetch(entry)
            if not flight.done():
                flight.set_result(None)
            return received
        except FlowError as error:
            flight.set_exception(error)
            # Nobody need wait for it.
            flight.exception()
            raise
        finally:
            if not flight.done():
                # Who asked was cut off: one of those that wait asks in its place.
                flight.cancel()
            if flights.get(key) is flight:
                del flights[key]

    async def _wait(self, flight: Flight) -> Entry | None:
        """What another request brought; None for what cannot be used twice; raises the FlowError that it met."""
        done, _ = await asyncio.wait([flight], timeout=self._sending.timeout)
        if not done:
            where = self.key[0].partition("?")[0]
            message = f"GET {where}: no answer within {self._sending.timeout:g} s to another run that asked for it"
            raise FlowError("connector.timeout", message)
        if flight.cancelled():
            return None
        error = flight.exception()
        if isinstance(error, FlowError):
            raise FlowError(error.code, error.message, status=error.status, details=error.details)
        return flight.result()

    async def _fetch(self, entry: Entry | None) -> Received:
        """Asks the service; for what is kept, whether it is still right."""
        sending, why = self._sending, self._forwarded(entry)
        before, asked = sending.headers, self._clock.monotonic()
        if entry is not None:
            sending.headers = {**before, **entry.validators}
        self._memory.began(self)
        try:
            received = await self._send(sending)
            if entry is not None and received.status >= 500 and self._stands_in(entry):
                received.close()
                return self._given(entry, f"{why}; fwd-status={received.status}")
            monotonic = self._clock.monotonic()
            moment = Moment(self._clock.now(), monotonic, monotonic - asked)
            if entry is None or received.status != 304:
                return await self._taken(entry, received, moment, why)
            received.close()
            if entry.is_meant(received.headers):
                return self._validated(entry, received.headers, moment, why)
        except FlowError as error:
            if entry is None or error.code not in _AWAY or not self._stands_in(entry):
                raise
            return self._given(entry, f"{why}; detail={error.code}")
        finally:
            sending.headers = before
            self._memory.ended(self)
        # It is about something that we do not have.
        self._store.drop(self.key, entry)
        return await self._fetch(None)

    def _validated(self, entry: Entry, headers: dict[str, Any], moment: Moment, why: str) -> Received:
        """What is kept, as the service says that it still is."""
        self._store.drop(self.key, entry)
        fresh = freshened(entry, headers, moment, self._memory.private)
        if fresh is not None:
            self._keep(fresh)
        return self._given(fresh or entry, f"{why}; fwd-status=304")

    async def _taken(self, entry: Entry | None, received: Received, moment: Moment, why: str) -> Received:
        """An answer of the service, which is kept if it may be; `entry` was kept before."""
        status, headers, private = received.status, received.headers, self._memory.private
        if entry is not None and status < 500:
            self._store.drop(self.key, entry)
        nominated, made = nominated_by(headers, self._headers), None
        if nominated is not None and may_be_kept(status, headers, self._authorized, private):
            try:
                content = await received.read(self._sending.most)
            finally:
                received.close()
            received = WholeAnswer(status, headers, content)
            made = entry_of(status, headers, content, nominated, moment, private)
        if made is None:
            self._memory.learn(self.key, shared=False)
        elif self._keep(made):
            why += "; stored"
        return marked(received, why)

    def _keep(self, entry: Entry) -> bool:
        """Keeps an entry, unless the address was changed since it was asked for; tells whether it did."""
        if self.outdated:
            return False
        kept = self._store.keep(self.key, entry)
        shared = kept and not entry.revalidated and entry.left(self._clock.monotonic()) > 0
        self._memory.learn(self.key, shared)
        if shared and self._flight is not None:
            self._flight.set_result(entry)
        return kept

    def _usable(self, entry: Entry) -> bool:
        """Whether an entry may be given without asking the service."""
        wanted = self._wanted
        if entry.revalidated or "no-cache" in wanted:
            return False
        monotonic = self._clock.monotonic()
        left = entry.left(monotonic)
        oldest, longer = wanted.seconds("max-age"), wanted.seconds("min-fresh")
        if oldest is not None and entry.age_at(monotonic) > oldest:
            return False
        if longer is not None and left < longer:
            return False
        if left > 0:
            return True
        over = wanted.seconds("max-stale")
        if over is None or entry.strict:
            return False
        return -left <= (over or LONGEST)

    def _stands_in(self, entry: Entry) -> bool:
        """Whether an entry may be given because the service fails."""
        if entry.revalidated or entry.strict or "no-cache" in self._wanted:
            return False
        longest = max(entry.stale_if_error, self._memory.stale_if_error)
        return -entry.left(self._clock.monotonic()) <= longest

    def _forwarded(self, entry: Entry | None) -> str:
        """Why the service is asked, in the words of RFC 9211."""
        if entry is None:
            return "fwd=vary-miss" if self.key in self._store else "fwd=uri-miss"
        return "fwd=request" if self._wanted and entry.left(self._clock.monotonic()) > 0 else "fwd=stale"

    def _given(self, entry: Entry, status: str) -> Received:
        monotonic = self._clock.monotonic()
        headers = {name: copied(value) for name, value in entry.headers.items()}
        headers["age"] = str(int(entry.age_at(monotonic)))
        content = b"" if self._sending.method == "HEAD" else entry.content
        return marked(WholeAnswer(entry.status, headers, content), f"{status}; ttl={int(entry.left(monotonic))}")


def marked(received: Received, told: str) -> Received:
    """An answer whose header `Cache-Status` says what was done, behind what others said before."""
    before = received.headers.get("cache-status")
    own: Any = f"airdock; {told}"
    if before is not None:
        own = [*before, own] if isinstance(before, list) else [before, own]
    received.headers["cache-status"] = own
    return received
