"""The client of an HTTP connection: where calls go, as whom, and how far redirects are followed."""

from typing import NamedTuple

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.http.auth import Credentials
from airdock.connectors.http.caching.cache import HttpCache, apart_by
from airdock.connectors.http.calls import Answer, Call, Carrier, Received, Sending
from airdock.connectors.http.pieces import Pieces
from airdock.connectors.http.reach import Address, Reach, joined, read_address
from airdock.connectors.http.retrying import REPEATABLE, Retrying, status_error
from airdock.errors import FlowError

_KEPT = frozenset(("accept", "accept-language", "content-type", "content-language", "last-event-id"))
"""The headers of a call that are sent to other origins, too, after a redirect: all others may be meant for one."""
_REDIRECTS = frozenset((301, 302, 303, 307, 308))


def _is_gone(pieces: Pieces | None) -> bool:
    """Whether a body cannot be sent again."""
    return pieces is not None and pieces.taken


class Profile(NamedTuple):
    """What a connection says of all its calls.

    Attributes:
        name: Its path, for messages. base: Its `url` without a slash at the end; empty for none. reach: Where it goes.
        headers: Sent to its own origin. timeout, redirects, max_size: For calls that say nothing else.
        health: The path that is asked for a sign of life; empty for the base.
    """

    name: str
    base: str
    reach: Reach
    headers: dict[str, str] = {}
    timeout: float = 30.0
    redirects: int = 5
    max_size: int = 10 * 1024**2
    health: str = ""


class HttpClient:
    """Sends calls; shared by all that use the connection."""

    def __init__(
        self,
        profile: Profile,
        carrier: Carrier,
        credentials: Credentials | None = None,
        retrying: Retrying | None = None,
        cache: HttpCache | None = None,
    ) -> None:
        self.profile = profile
        self._retrying = retrying
        self._carrier = carrier
        self._cache = cache
        self._credentials = credentials or Credentials()
        self._headers = {**profile.headers, **self._credentials.headers}

    async def send(self, call: Call) -> Answer:
        """What the service answers, whatever its status is.

        Raises:
            FlowError: what `Carrier.send` and `Received.read` raise; `connector.http.address` and
                `connector.http.notAllowed` for an address, or a redirect to one, that is none or may not be gone to;
                `connector.http.redirects`, there were too many.
        """
        if self._retrying is not None and call.method in REPEATABLE:
            return await self._sent_again(call, self._retrying)
        return await self._sent(call)

    async def _sent(self, call: Call) -> Answer:
        received, url = await self.begin(call)
        try:
            content = b"" if call.method == "HEAD" else await received.read(self._most(call))
        finally:
            received.close()
        return Answer(received.status, received.headers, content, url)

    async def _sent_again(self, call: Call, retrying: Retrying) -> Answer:
        attempts = 0
        while True:
            attempts += 1
            answer = None
            try:
                answer = await self._sent(call)
                if answer.status < 400 or answer.status in call.expected:
                    return answer
                now = retrying.clock.now()
                error = status_error(call.method, answer.url, answer.status, answer.headers, "", now)
            except FlowError as failure:
                error = failure
            wait = None if _is_gone(call.pieces) else retrying.wait(error, attempts)
            if wait is not None:
                await retrying.clock.sleep(wait)
            elif answer is not None:
                return answer
            else:
                raise error

    async def begin(self, call: Call) -> tuple[Received, str]:
        """The answer with its body still to come, and the address that gave it; it is to be closed."""
        sending = self._first(call)
        received = await self._answer(call, sending)
        if received.status in _REDIRECTS and "location" in received.headers:
            received = await self._followed(call, sending, received)
        return received, sending.url.partition("?")[0]

    async def check(self) -> None:
        profile = self.profile
        if not profile.base:
            return
        call = Call("GET", profile.health) if profile.health else Call("HEAD")
        received, url = await self.begin(call)
        received.close()
        if received.status in (401, 403) and (self._headers or self._credentials.query or self._credentials.signs):
            raise refused(profile.name, f"{url} answered {received.status}")
        if received.status >= 500:
            raise unavailable(profile.name, f"{url} answered {received.status}")

    async def close(self) -> None:
        await self._carrier.close()

    def _first(self, call: Call) -> Sending:
        profile = self.profile
        own = not call.url
        if own:
            url = profile.base + call.path
        else:
            address = read_address(call.url)
            (call.reach or profile.reach).check(address)
            url, own = address.url, address.origin == profile.reach.own
        if call.query:
            url = f"{url}{'&' if '?' in url else '?'}{call.query}"
        headers = {**self._headers, **call.headers} if own else call.headers.copy()
        timeout = profile.timeout if call.timeout is None else call.timeout
        most = self._most(call)
        return Sending(call.method, url, headers, call.body, timeout, own, call.stream, call.upgrade, most, call.pieces)

    def _most(self, call: Call) -> int:
        return self.profile.max_size if call.max_size is None else call.max_size

    async def _answer(self, call: Call, sending: Sending) -> Received:
        """The answer to a request, from what is kept or from the service."""
        cache = self._cache
        if cache is None or call.upgrade is not None or not (call.cached or sending.method not in ("GET", "HEAD")):
            return await self._proven(sending)
        authorized = self._credentials.signs or any(name.lower() == "authorization" for name in sending.headers)
        return await cache.answer(sending, apart_by(call.headers), authorized, self._proven)

    async def _proven(self, sending: Sending) -> Received:
        """Sends a request with what proves who calls, if it goes to the own origin."""
        credentials = self._credentials
        if not sending.own:
            return await self._carrier.send(sending)
        plain = sending.url
        if credentials.query:
            sending.url = f"{plain}{'&' if '?' in plain else '?'}{credentials.query}"
        if not credentials.signs:
            received = await self._carrier.send(sending)
        else:
            await credentials.sign(sending)
            received = await self._carrier.send(sending)
            if received.status == 401 and credentials.renewable(sending) and not _is_gone(sending.pieces):
                received.close()
                await credentials.sign(sending)
                received = await self._carrier.send(sending)
        sending.url = plain
        return received

    async def _followed(self, call: Call, sending: Sending, received: Received) -> Received:
        """The answer behind redirects, each of which is looked at as the first address was."""
        most = self.profile.redirects if call.redirects is None else call.redirects
        reach = call.reach or self.profile.reach
        for _ in range(most):
            received.close()
            location = received.headers["location"]
            address = joined(sending.url, location if isinstance(location, str) else location[0])
            reach.check(address)
            self._turn(sending, address, received.status)
            if _is_gone(sending.pieces):
                where = sending.url.partition("?")[0]
                message = f"a redirect to {where} wants the body again, which came piece by piece and is sent"
                raise FlowError("connector.http.redirects", message)
            received = await self._answer(call, sending)
            if received.status not in _REDIRECTS or "location" not in received.headers:
                return received
        if most:
            received.close()
            raise FlowError(
                "connector.http.redirects", f"{call.method} {sending.url.partition('?')[0]}: more than {most}"
            )
        return received

    def _turn(self, sending: Sending, address: Address, status: int) -> None:
        if (status == 303 and sending.method != "HEAD") or (status in (301, 302) and sending.method == "POST"):
            sending.method, sending.body, sending.pieces = "GET", None, None
            sending.headers = {
                name: value for name, value in sending.headers.items() if not name.lower().startswith("content-")
            }
        before = read_address(sending.url).origin
        if address.origin != before:
            sending.headers = {name: value for name, value in sending.headers.items() if name.lower() in _KEPT}
            if address.origin == self.profile.reach.own:
                sending.headers.update(self._headers)
        sending.own = address.origin == self.profile.reach.own
        sending.url = address.url
