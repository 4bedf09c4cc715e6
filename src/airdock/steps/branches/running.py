"""The branches of one message: one after another or side by side, joined in their author's order."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from time import perf_counter_ns
from typing import Any, NamedTuple

import msgspec

from airdock.branch import MOST_STEPS, end_trail, join, share_calls
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError, as_flow_error
from airdock.exchange import BranchEnd, Exchange
from airdock.response import ABSENT
from airdock.spec.step import Clock, Compiled
from airdock.steps.branches.crew import Crew
from airdock.steps.branches.gathering import Gathering
from airdock.steps.common.pace import Pace
from airdock.streams import close_items, close_now

_TOLD = 20


class Branch(msgspec.Struct, eq=False):
    """Steps on an exchange of their own, which `branch_of` made.

    Attributes:
        run: From `Compiler.branch`. name: For messages, and for the strategy `object`.
        error: With which it failed. ended: It came to an end. index, calls: When it began; the runner sets them.
    """

    run: Compiled
    exchange: Exchange
    name: str = ""
    error: FlowError | None = None
    ended: bool = False
    index: int = 0
    calls: int = 0


Branches = Iterator[Branch] | AsyncIterator[Branch]
_Waiting = tuple[Branch | None, Awaitable[None]]


class Conduct(NamedTuple):
    """How a step runs its branches.

    Attributes:
        path: Of the step. parallel: So many at once. gathering: Made for each message. store: Takes its value.
    """

    path: str
    parallel: int
    stop_on_error: bool
    timeout: float | None
    clock: Clock
    gathering: Callable[[], Gathering]
    store: Callable[[Exchange, Any], None]


class Running:
    """The branches of one message."""

    def __init__(self, conduct: Conduct, exchange: Exchange) -> None:
        self._conduct = conduct
        self._exchange = exchange
        self._gathering = conduct.gathering()
        self._pace = Pace(conduct.clock)
        self._deadline = 0.0 if conduct.timeout is None else conduct.clock.monotonic() + conduct.timeout
        self._answer = exchange.response.mark()
        self._begun = 0
        self._mark = 0
        self._mark_of_end = BranchEnd(conduct.path)
        self._open: deque[Branch] = deque()
        self._failures = 0
        self._first: FlowError | None = None
        self._told: list[dict[str, Any]] = []
        self._crew: Crew | None = None

    def run(self, branches: Branches) -> Awaitable[None] | None:
        """As `Branching.run`."""
        if isinstance(branches, AsyncIterator):
            return self._wait_for_all(branches)
        try:
            waiting = self._advance(branches)
        except BaseException:
            close_now(branches)
            self._leave()
            raise
        if waiting is not None:
            return self._wait_for_all(branches, *waiting)
        self._conclude()
        return None

    def _advance(self, branches: Iterator[Branch]) -> _Waiting | None:
        """Runs branches until one must wait, or others should have a turn; None when there are no more."""
        due, end = self._pace.due, self._end if self._conduct.parallel > 1 else self._end_alone
        for branch in branches:
            pending = self._begin(branch)
            if pending is not None:
                return branch, pending
            end(branch)
            if due():
                return None, asyncio.sleep(0)
        return None

    async def _wait_for_all(
        self, branches: Branches, branch: Branch | None = None, pending: Awaitable[None] | None = None
    ) -> None:
        """The branches that follow, behind the one that has begun."""
        work = self._work_of(branches, branch, pending)
        try:
            if self._conduct.timeout is None:
                await work
            else:
                await within(max(self._deadline - self._conduct.clock.monotonic(), 0), work)
        except DeadlineError:
            pass
        except BaseException:
            self._leave()
            raise
        finally:
            if isinstance(pending, Coroutine):
                # Cut off before it was waited for.
                pending.close()
            await close_items(branches)
        self._conclude()

    def _work_of(
        self, branches: Branches, branch: Branch | None, pending: Awaitable[None] | None
    ) -> Coroutine[Any, Any, None]:
        if self._conduct.parallel == 1:
            if isinstance(branches, AsyncIterator):
                return self._work(branches)
            return self._in_turn(branches, branch, pending)
        source = branches if isinstance(branches, AsyncIterator) else _waiting(branches)
        self._crew = Crew(self._conduct.parallel, lambda *begun: self._work(source, *begun))
        return self._crew.work(branch, pending)

    async def _in_turn(
        self, branches: Iterator[Branch], branch: Branch | None, pending: Awaitable[None] | None
    ) -> None:
        while pending is not None:
            if branch is None:
                await pending
            else:
                await self._wait(branch, pending)
            branch, pending = self._advance(branches) or (None, None)

    async def _work(
        self, branches: AsyncIterator[Branch], branch: Branch | None = None, pending: Awaitable[None] | None = None
    ) -> None:
        """Runs branches one after another; side by side, several do this at once."""
        crew = self._crew
        while True:
            if branch is not None:
                if pending is not None:
                    if crew is not None:
                        crew.hire()
                    await self._wait(branch, pending)
                else:
                    self._end(branch)
            if self._pace.due():
                await asyncio.sleep(0)
            branch = await (anext(branches, None) if crew is None else crew.take(branches, self._open))
            if branch is None:
                return
            pending = self._begin(branch)

    def _begin(self, branch: Branch) -> Awaitable[None] | None:
        own = branch.exchange
        branch.index = self._begun
        self._begun += 1
        if self._conduct.parallel == 1:
            trail = self._exchange.trail
            if trail is not None:
                # Nothing else is noted meanwhile, so that nothing need be taken over.
                own.trail = trail
                self._mark = len(trail)
        else:
            share_calls(self._exchange, own, self._conduct.parallel)
        branch.calls = own.calls
        self._open.append(branch)
        try:
            return branch.run(own)
        except Exception as error:  # noqa: BLE001 -- what any step raises is the branch's error
            branch.error = as_flow_error(error)
            return None

    async def _wait(self, branch: Branch, pending: Awaitable[None]) -> None:
        try:
            await pending
        except Exception as error:  # noqa: BLE001 -- as above
            branch.error = as_flow_error(error)
        self._end(branch)

    def _end(self, branch: Branch) -> None:
        """A branch has ended, and is joined if those in front of it have been.

        Raises:
            FlowError: it failed, and the step stops on errors.
        """
        branch.ended = True
        if self._conduct.parallel > 1:
            end_trail(branch.exchange, self._conduct.path)
        waiting = self._open
        if branch.error is not None and self._conduct.stop_on_error:
            raise branch.error
        while waiting and waiting[0].ended:
            self._gather(waiting.popleft())
        if self._crew is not None:
            self._crew.moved()

    def _end_alone(self, branch: Branch) -> None:
        """`_end` of the only one there is, made short: most have nothing to tell."""
        if branch.error is not None:
            return self._end(branch)
        self._open.clear()
        self._note_end(True)
        own = branch.exchange
        join(self._exchange, own, self._conduct.path, branch.calls)
        self._gathering.add(branch.name, branch.index, own, None)
        return None

    def _gather(self, branch: Branch) -> None:
        self._join(branch)
        error = branch.error
        if error is not None:
            # The error knows the frames that know the branch: a circle, which would be kept for long.
            branch.error = None
            self._failures += 1
            if not self._gathering.sees_errors:
                self._note(branch, error)
                return
        self._gathering.add(branch.name, branch.index, branch.exchange, error)

    def _note(self, branch: Branch, error: FlowError) -> None:
        if self._first is None:
            self._first = error
        if len(self._told) < _TOLD:
            named = {"index": branch.index, "name": branch.name}
            self._told.append({**named, "code": error.code, "message": error.message})

    def _join(self, branch: Branch) -> None:
        own = branch.exchange
        if branch.error is not None or not branch.ended:
            # What it has written so far is no answer; its steps are in the record of the run.
            own.response.discard()
        if self._conduct.parallel == 1:
            self._note_end(branch.error is None or self._failures > _TOLD)
        join(self._exchange, own, self._conduct.path, branch.calls)

    def _note_end(self, forget: bool) -> None:
        """Notes in the trail that a branch has ended; of many, `forget` says whether its steps are left out."""
        trail = self._exchange.trail
        if trail is None:
            return
        if forget and self._mark >= 2 * MOST_STEPS:
            del trail[self._mark :]
        elif len(trail) > self._mark:
            trail += (self._mark_of_end, perf_counter_ns())

    def _leave(self) -> None:
        """The step fails: the record of the run takes over what its branches did, and the answer nothing."""
        while self._open:
            self._join(self._open.popleft())
        self._exchange.response.back_to(self._answer)

    def _conclude(self) -> None:
        try:
            while self._open:
                # The time is over: those count that have ended, and those in front of them do not.
                branch = self._open.popleft()
                if branch.ended:
                    self._gather(branch)
                else:
                    self._join(branch)
            self._store()
        except BaseException:
            self._leave()
            raise

    def _store(self) -> None:
        error, self._first = self._first, None
        if error is not None:
            counts = {"branches": self._begun, "failed": self._failures, "failures": self._told}
            error.details = {**error.details, **counts}
            raise error
        value = self._gathering.value(self._exchange)
        if value is not ABSENT:
            self._conduct.store(self._exchange, value)


async def _waiting(branches: Iterator[Branch]) -> AsyncGenerator[Branch, None]:
    try:
        for branch in branches:
            yield branch
    finally:
        close_now(branches)
