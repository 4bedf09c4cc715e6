"""Group commit: calls of many tasks that come at about the same time are done in one transaction, in a thread."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError

from airdock.database import Database, DatabaseError
from airdock.errors import AirdockError, FlowError
from airdock.stores.statements import Transaction

MOST = 1000
"""Calls of one transaction."""
_ATTEMPTS = 5
_COLLISIONS = frozenset({"40001", "40P01"})
"""SQLSTATEs of transactions that got in each other's way and need only be done again."""

Place = tuple[int, bytes, bytes]
"""Where a call works: in each transaction calls are done in this order, so that no two wait for each other."""


class Call:
    """What is to be done in a transaction, for a task that waits for it.

    Attributes:
        work: Runs in the thread, once more if the transaction has to be begun anew.
        after: Runs in the thread when it is committed, and makes what the task gets.
        result, error: What came of it.
    """

    __slots__ = ("after", "error", "future", "place", "reads", "result", "work")

    def __init__(
        self,
        place: Place,
        work: Callable[[Transaction], Any],
        after: Callable[[Any], Any] | None,
        future: "asyncio.Future[Any]",
        *,
        reads: bool,
    ) -> None:
        self.place = place
        self.work = work
        self.after = after
        self.future = future
        self.reads = reads
        self.result: Any = None
        self.error: Exception | None = None


class GroupCommit:
    """Does calls on a database.

    While no transaction runs, a call begins one at once, with those made in the same turn of the loop; what comes while
    one runs goes into the next. For one event loop at a time.
    """

    def __init__(self, database: Database, prepare: Callable[[], None]) -> None:
        """
        Args:
            database: It need not be open, nor usable yet.
            prepare: Called in the thread before the first transaction; again where it raised, or where one failed.
        """
        self._database = database
        self._prepare = prepare
        self._prepared = False
        self._waiting: list[Call] = []
        self._busy = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: ThreadPoolExecutor | None = None

    def do(
        self,
        place: Place,
        work: Callable[[Transaction], Any],
        after: Callable[[Any], Any] | None = None,
        *,
        reads: bool = False,
    ) -> "asyncio.Future[Any]":
        """Does the work in a transaction, also if nobody waits for it any more.

        The future has what the work gives when that is committed; it raises `FlowError`: `state.unavailable`,
        `state.unreadable` where `after` says so.

        Args:
            after: Makes of what the work gives what the future has.
            reads: The work changes nothing.
        """
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            # One that has ended took along what it waited for.
            self._loop, self._waiting, self._busy = loop, [], False
        call = Call(place, work, after, loop.create_future(), reads=reads)
        self._waiting.append(call)
        if not self._busy:
            self._busy = True
            loop.call_soon(self._begin, loop)
        return call.future

    def stop(self) -> None:
        """Does what was asked for, and waits for it, where no loop runs any more. A later call begins anew."""
        (calls, self._waiting), (thread, self._thread) = (self._waiting, []), (self._thread, None)
        if thread is not None:
            if calls:
                thread.submit(self._run, calls)
            thread.shutdown()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        if loop is not self._loop:
            return
        calls, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "airdock-state")
        done = loop.run_in_executor(self._thread, self._run, calls)
        done.add_done_callback(partial(self._end, loop, calls))

    def _end(self, loop: asyncio.AbstractEventLoop, calls: list[Call], done: "asyncio.Future[None]") -> None:
        failure = None if done.cancelled() else done.exception()
        for call in calls:
            if call.future.done():
                continue
            error = failure or call.error
            if error is not None:
                call.future.set_exception(error)
            else:
                call.future.set_result(call.result)
        if loop is not self._loop:
            return
        self._busy = bool(self._waiting)
        if self._busy:
            # Behind those that now go on, whose next calls then belong to it, too.
            loop.call_soon(self._begin, loop)

    def _run(self, calls: list[Call]) -> None:
        """In the thread."""
        calls.sort(key=_place)
        try:
            if not self._prepared:
                self._database.open()
                self._prepare()
                self._prepared = True
        except AirdockError as error:
            for call in calls:
                call.error = _unavailable(error)
        else:
            self._do(calls)

    def _do(self, calls: list[Call]) -> None:
        """Does the calls in one transaction; if one of them spoils it, each in its own."""
        try:
            self._transact(calls)
        except Exception as error:  # noqa: BLE001 -- told to whoever called
            if len(calls) > 1 and not _concerns_all(error):
                for call in calls:
                    self._do([call])
                return
            self._prepared = False
            for call in calls:
                call.error = _unavailable(error) if isinstance(error, AirdockError) else error
        else:
            for call in calls:
                _finish(call)

    def _transact(self, calls: list[Call]) -> None:
        reads = all(call.reads for call in calls)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._database.reading() if reads else self._database.writing() as connection:
                    transaction = Transaction(connection)
                    for call in calls:
                        call.result = call.work(transaction)
                    transaction.flush()
            except DatabaseError as error:
                if attempt == _ATTEMPTS or not _collided(error):
                    raise
            else:
                return


def _place(call: Call) -> Place:
    return call.place


def _finish(call: Call) -> None:
    if call.after is None:
        return
    try:
        call.result = call.after(call.result)
    except AirdockError as error:
        message = f"what is kept cannot be read: {error}"
        call.error = FlowError("state.unreadable", message)
        call.error.__cause__ = error


def _unavailable(error: AirdockError) -> FlowError:
    """An error of its own for each call, as each belongs to a run."""
    failure = FlowError("state.unavailable", f"what patterns keep cannot be read or written now: {error}")
    failure.__cause__ = error
    return failure


def _concerns_all(error: Exception) -> bool:
    """Whether it is the database that fails, and not what one call wants of it."""
    if not isinstance(error, DatabaseError):
        return False
    return not isinstance(error.__cause__, DataError | IntegrityError | NotSupportedError | ProgrammingError)


def _collided(error: DatabaseError) -> bool:
    cause = error.__cause__
    return isinstance(cause, DBAPIError) and getattr(cause.orig, "sqlstate", None) in _COLLISIONS
