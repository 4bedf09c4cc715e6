"""Who passes to a flow that is protected."""

import asyncio
import inspect
import logging
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from airdock.codes import CODES
from airdock.database import DatabaseError
from airdock.errors import AirdockError, FlowError
from airdock.triggers.http.answer import Answer
from airdock.triggers.http.callers import BEARER, Caller, Callers, authorization
from airdock.triggers.http.locations import Demands
from airdock.triggers.http.protection import Protection, RateLimits, Replays
from airdock.triggers.http.protection.credentials import Holder
from airdock.triggers.http.protection.rate_limits import Rate, Taken, network_of
from airdock.triggers.http.protection.replays import replay_key
from airdock.triggers.http.protection.signatures import SignatureCheck
from airdock.triggers.http.request import HttpRequest

log = logging.getLogger("airdock.http")

Fields = tuple[tuple[str, str], ...]


class Pass(NamedTuple):
    """That a request may go on.

    Attributes:
        headers: For its answer, whatever that is. key: To forget if the run fails; empty if nothing is remembered.
    """

    headers: Fields = ()
    key: bytes = b""


class Gate:
    """Lets requests pass to flows that are protected.

    What costs least comes first, and nothing is remembered of a request that is refused: the rate by address or flow,
    the API key or password, the signed-in caller and its roles, the rate by caller, the signature, and last whether it
    came already.
    """

    def __init__(
        self, callers: Callers, replays: Replays, rates: RateLimits, clock: Callable[[], float] = time.time
    ) -> None:
        """`clock` gives Unix time."""
        self._callers = callers
        self._replays = replays
        self._rates = rates
        self._clock = clock

    async def sign_in(self, request: HttpRequest) -> Caller:
        """The caller, who becomes the request's user.

        Raises:
            FlowError: `request.unauthorized`.
        """
        found = self._callers.find(request)
        caller = await found if inspect.isawaitable(found) else found
        if caller is None:
            raise unauthorized(_challenges(self._callers, request), CODES["request.unauthorized"].meaning)
        request.user = caller.as_user()
        return caller

    async def admit(
        self, request: HttpRequest, protection: Protection, demands: Demands, scope: str, caller: Caller | None = None
    ) -> Pass:
        """Lets a request pass.

        Args:
            scope: The flow, by a name that no flow of another sandbox has: what is counted and remembered is for it.
            caller: Who signed in, if that is known already.

        Raises:
            FlowError: the request is refused, with what to tell the caller.
        """
        rate = protection.rate
        headers: Fields = ()
        if rate is not None and rate.by != "caller":
            headers = self._count(rate, scope, network_of(request.remote) if rate.by == "remote" else "")
        holder = _identified(request, protection)
        if demands:
            caller = caller or await self.sign_in(request)
            _check_roles(caller, demands)
        if rate is not None and rate.by == "caller":
            headers = self._count(rate, scope, _who(request, caller, holder))
        key = b"" if protection.signature is None else await self._signed(protection.signature, request, scope)
        return Pass(headers, key)

    async def ended(self, passed: Pass, answer: Answer | None) -> None:
        """The run has ended, with None if it was cut off: what failed may be sent again."""
        if passed.key and (answer is None or answer.status >= 500):
            try:
                await asyncio.to_thread(self._replays.forget, passed.key)
            except AirdockError as error:
                log.warning("a signature is remembered though its run failed, so it cannot be sent again: %s", error)

    def _count(self, rate: Rate, scope: str, who: str) -> Fields:
        taken = self._rates.take(f"{scope}\0{who}", rate)
        if not taken.allowed:
            raise _too_often(rate, taken)
        return _rate_fields(rate, taken)

    async def _signed(self, check: SignatureCheck, request: HttpRequest, scope: str) -> bytes:
        body = await request.read_wire()
        try:
            proof = check.verify(request, body, self._clock())
        except FlowError as error:
            error.details["challenges"] = (check.challenge,)
            raise
        if not proof.until:
            return b""
        key = replay_key(scope, proof.key)
        try:
            came = await self._remember(key, proof.until)
        except DatabaseError as error:
            raise FlowError(error.code, CODES[error.code].meaning, status=503) from error
        if came:
            raise FlowError("request.replayed", CODES["request.replayed"].meaning)
        return key

    async def _remember(self, key: bytes, until: float) -> bool:
        """Whether the key was remembered already."""
        remembering = asyncio.ensure_future(asyncio.to_thread(self._replays.seen, key, until))
        try:
            return await asyncio.shield(remembering)
        except asyncio.CancelledError:
            # The thread goes on: what it remembered of a run that never begins is forgotten again.
            if not await remembering:
                await asyncio.to_thread(self._replays.forget, key)
            raise


def _challenges(callers: Callers, request: HttpRequest) -> Iterable[str]:
    """How to sign in; of a token that was sent, that it is not good (RFC 6750)."""
    sent = authorization(request)
    bad_token = sent is not None and sent[0] == "bearer"
    return (f'{each}, error="invalid_token"' if bad_token and each == BEARER else each for each in callers.challenges)


def unauthorized(challenges: Iterable[str], message: str) -> FlowError:
    """The error of a request whose caller is not known."""
    return FlowError("request.unauthorized", message, details={"challenges": tuple(challenges)})


def _identified(request: HttpRequest, protection: Protection) -> Holder | None:
    """Who holds the key or password that the request has; None where the flow wants none."""
    if not protection.checks:
        return None
    for check in protection.checks:
        holder = check.identify(request)
        if holder is not None:
            request.user = Caller(holder.name).as_user()
            return holder
    raise unauthorized((check.challenge for check in protection.checks), "The flow wants a key or a password.")


def _check_roles(caller: Caller, demands: Demands) -> None:
    if not caller.every_role and any(roles.isdisjoint(caller.roles) for roles in demands):
        raise FlowError("request.forbidden", CODES["request.forbidden"].meaning)


def _who(request: HttpRequest, caller: Caller | None, holder: Holder | None) -> str:
    if caller is not None:
        return f"user:{caller.name}"
    if holder is not None:
        return f"key:{holder.number}:{holder.name}"
    return f"remote:{network_of(request.remote)}"


def _rate_fields(rate: Rate, taken: Taken) -> Fields:
    policy = ("ratelimit-policy", rate.policy)
    return policy, ("ratelimit", f'"default";r={taken.left};t={_seconds(taken.reset)}')


def _too_often(rate: Rate, taken: Taken) -> FlowError:
    headers = (("retry-after", str(max(_seconds(taken.wait), 1))), *_rate_fields(rate, taken))
    return FlowError("request.rateLimited", CODES["request.rateLimited"].meaning, details={"headers": headers})


def _seconds(time: float) -> int:
    return -int(-time // 1)
