"""The branches of one message: one after another or side by side, joined in their author's order."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from typing import Any, NamedTuple

import msgspec

from airdock.branch import join, share_calls
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError, as_flow_error
from airdock.exchange import Exchange
from airdock.response import ABSENT
from airdock.spec.step import Clock, Compiled
from airdock.steps.gathering import Gathering
from airdock.steps.pace import Pace
from airdock.streams import close_items, close_now

_AHEAD = 4
"""Side by side, so many times `parallel` branches may have ended behind one that has not; more are not begun."""
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
        self._open: deque[Branch] = deque()
        self._failures = 0
        self._first: FlowError | None = None
        self._told: list[dict[str, Any]] = []
        self._crew: _Crew | None = None

    def run(self, branches: Branches) -> Awaitable[None] | None:
        """As `Branching.run`."""
        if isinstance(branches, AsyncIterator):
            return self._wait_for_all(branches)
        try:
            for branch in branches:
                pending = self._begin(branch)
                if pending is not None:
                    return self._wait_for_all(_waiting(branches), branch, pending)
                self._end(branch)
                if self._pace.due():
                    return self._wait_for_all(_waiting(branches))
        except BaseException:
            close_now(branches)
            self._leave()
            raise
        self._conclude()
        return None

    async def _wait_for_all(
        self, branches: AsyncIterator[Branch], branch: Branch | None = None, pending: Awaitable[None] | None = None
    ) -> None:
        """The branches that follow, behind the one that has begun."""
        if self._conduct.parallel > 1:
            self._crew = _Crew(self._conduct.parallel, lambda *begun: self._work(branches, *begun))
            work = self._crew.work(branch, pending)
        else:
            work = self._work(branches, branch, pending)
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
        conduct = self._conduct
        branch.index = self._begun
        self._begun += 1
        if conduct.parallel > 1:
            share_calls(self._exchange, branch.exchange, conduct.parallel)
        branch.calls = branch.exchange.calls
        self._open.append(branch)
        try:
            return branch.run(branch.exchange)
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
        if branch.error is not None and self._conduct.stop_on_error:
            raise branch.error
        waiting = self._open
        while waiting and waiting[0].ended:
            self._gather(waiting.popleft())
        if self._crew is not None:
            self._crew.moved()

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
        if branch.error is not None or not branch.ended:
            # What it has written so far is no answer; its steps are in the record of the run.
            branch.exchange.response.discard()
        join(self._exchange, branch.exchange, self._conduct.path, branch.calls)

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


class _Crew:
    """Tasks that do the same work side by side; another is hired when one of them must wait."""

    def __init__(self, most: int, work: Callable[..., Any]) -> None:
        self._most = most
        self._work = work
        self._tasks: set[asyncio.Task[None]] = set()
        self._over: asyncio.Future[None] | None = None
        self._turn = asyncio.Lock()
        self._room: asyncio.Future[None] | None = None

    async def work(self, *begun: Any) -> None:
        """Returns when there is no work left, and raises what the first of them raised; then none is at work."""
        self._over = asyncio.get_running_loop().create_future()
        try:
            self.hire(*begun)
            await self._over
        finally:
            await _end_all(self._tasks)

    def hire(self, *begun: Any) -> None:
        """One more, if there may be one more."""
        if len(self._tasks) < self._most:
            task = asyncio.get_running_loop().create_task(self._work(*begun))
            self._tasks.add(task)
            task.add_done_callback(self._left)

    def _left(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        cancelled = task.cancelled()
        error = None if cancelled else task.exception()
        if self._over is None or self._over.done():
            return
        if cancelled:
            self._over.cancel()
        elif error is not None:
            self._over.set_exception(error)
        elif not self._tasks:
            self._over.set_result(None)

    async def take(self, branches: AsyncIterator[Branch], unjoined: "deque[Branch]") -> Branch | None:
        """The next branch. It is not taken while too many have ended behind a slow one, as they are all kept."""
        async with self._turn:
            while len(unjoined) >= self._most * _AHEAD:
                self._room = asyncio.get_running_loop().create_future()
                await self._room
            return await anext(branches, None)

    def moved(self) -> None:
        """Some were joined."""
        if self._room is not None and not self._room.done():
            self._room.set_result(None)


async def _waiting(branches: Iterator[Branch]) -> AsyncGenerator[Branch, None]:
    try:
        for branch in branches:
            yield branch
    finally:
        close_now(branches)


async def _end_all(tasks: "set[asyncio.Task[None]]") -> None:
    """Cancels what still runs and waits for its end, however often the one who waits is cancelled meanwhile."""
    for task in tasks:
        task.cancel()
    cancelled: asyncio.CancelledError | None = None
    while tasks:
        try:
            await asyncio.wait(set(tasks))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
