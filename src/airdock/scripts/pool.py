"""Threads of our own for scripts: bounded, replaceable when a script does not end, never in the way of shutdown."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from airdock.errors import FlowError
from airdock.scripts.stopping import StoppedError, stop

Value = TypeVar("Value")
_STACK = 8 * 1024 * 1024
_IDLE_SECONDS = 30.0
_start_lock = threading.Lock()


class _Job:
    """A call on its way through the pool; its fields are guarded by the pool's lock."""

    __slots__ = (
        "abandoned", "afterwards", "call", "done", "ended", "ending", "error", "loop", "started", "thread", "value",
        "waiter",
    )  # fmt: skip

    def __init__(
        self, call: Callable[[], Any], afterwards: Callable[[], None] | None, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.call = call
        self.afterwards = afterwards
        self.loop = loop
        self.waiter: asyncio.Future[None] = loop.create_future()
        self.value: Any = None
        self.error: BaseException | None = None
        self.started = self.abandoned = self.done = False
        self.thread = 0
        self.ending = threading.Lock()
        self.ended = False

    def make(self) -> None:
        """Makes the call. A stop that was asked for comes in here, and nowhere else."""
        try:
            try:
                self.value = self.call()
            except BaseException as error:  # noqa: BLE001 -- handed to the awaiter, whatever it is
                self.error = error
            with self.ending:
                self.ended = True
            # One asked for before that lock was free is raised by the next call.
            _nothing()
        except StoppedError as error:
            self.ended, self.error = True, error

    def stop(self) -> None:
        """Asks the call to end, unless it has."""
        with self.ending:
            if not self.ended:
                stop(self.thread)

    def wake(self) -> None:
        if not self.waiter.done():
            self.waiter.set_result(None)


class WorkerPool:
    """Runs blocking calls in daemon threads, started when needed and ended when idle.

    A call whose awaiter is cancelled while it runs is *abandoned*: another thread takes its place until it has ended.
    At most `spare` threads are replaced in this way at a time.
    """

    def __init__(
        self, name: str, workers: int, *, queue: int | None = None, spare: int | None = None, stops: bool = False
    ) -> None:
        """
        Args:
            name: Begins the names of the threads.
            workers: Calls that run at once.
            queue: Calls that may wait for a thread; None for no bound.
            spare: Abandoned threads that are replaced; as many as `workers` if left out.
            stops: Whether an abandoned call is stopped, for calls of Python code alone; else it ends by itself.
        """
        self.name = name
        self.workers = workers
        self.abandoned = 0
        self.running = 0
        self._queue_limit = queue
        self._spare = workers if spare is None else spare
        self._stops = stops
        self._jobs: deque[_Job] = deque()
        self._threads = self._number = 0
        self._closed = False
        self._condition = threading.Condition()

    async def run(
        self,
        call: Callable[[], Value],
        abandoned: Callable[[], None] | None = None,
        afterwards: Callable[[], None] | None = None,
    ) -> Value:
        """The value of the call, made in a thread.

        Args:
            call: What runs.
            abandoned: Called once, in the loop, when the awaiter is cancelled while it runs.
            afterwards: Called in the thread when the awaiter has been told of the call's end. It must not raise.

        Raises:
            FlowError: `script.busy`, too many calls wait already. Else what the call raises.
        """
        job = _Job(call, afterwards, asyncio.get_running_loop())
        self._submit(job)
        try:
            await job.waiter
        except asyncio.CancelledError:
            if self._give_up(job) and abandoned is not None:
                abandoned()
            raise
        if job.error is not None:
            raise job.error
        value: Value = job.value
        return value

    def close(self) -> None:
        """Lets idle threads end, and the others when their call ends. Calls that wait are still made."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    def _submit(self, job: _Job) -> None:
        with self._condition:
            free = self._threads - self.running
            waiting = len(self._jobs) - free
            if self._queue_limit is not None and not self._may_start() and waiting >= self._queue_limit:
                raise FlowError("script.busy", f"{self.running} scripts run and {waiting} wait for a thread")
            self._jobs.append(job)
            if free >= len(self._jobs):
                self._condition.notify()
            elif self._may_start():
                self._start()

    def _may_start(self) -> bool:
        return self._threads < self.workers + min(self.abandoned, self._spare)

    def _start(self) -> None:
        self._threads += 1
        self._number += 1
        thread = threading.Thread(target=self._work, name=f"{self.name}-{self._number}", daemon=True)
        # The size of stacks is one setting of the process; JavaScript needs more than some systems give.
        with _start_lock:
            before = threading.stack_size(_STACK)
            try:
                thread.start()
            finally:
                threading.stack_size(before)

    def _give_up(self, job: _Job) -> bool:
        """Whether the call was running, and so is abandoned."""
        with self._condition:
            if not job.started:
                self._jobs.remove(job)
                return False
            if job.done:
                return False
            job.abandoned = True
            self.abandoned += 1
            if len(self._jobs) > self._threads - self.running and self._may_start():
                self._start()
        if self._stops:
            job.stop()
        return True

    def _work(self) -> None:
        while (job := self._next()) is not None:
            job.make()
            # Its frames hold this thread's locals: the next job must not find the last one's values alive.
            job.call = _nothing
            if not self._finish(job):
                return
            if job.afterwards is not None:
                job.afterwards()

    def _next(self) -> _Job | None:
        with self._condition:
            if not self._jobs:
                self._condition.wait_for(lambda: bool(self._jobs) or self._closed, _IDLE_SECONDS)
            if not self._jobs:
                self._threads -= 1
                return None
            job = self._jobs.popleft()
            job.started = True
            job.thread = threading.get_ident()
            self.running += 1
            return job

    def _finish(self, job: _Job) -> bool:
        """Hands the outcome over; whether this thread is still wanted."""
        with self._condition:
            job.done = True
            self.running -= 1
            if job.abandoned:
                self.abandoned -= 1
            wanted = self._threads <= self.workers + min(self.abandoned, self._spare)
            if not wanted:
                self._threads -= 1
        if not job.abandoned:
            try:
                job.loop.call_soon_threadsafe(job.wake)
            except RuntimeError:  # the loop was closed meanwhile: nobody waits
                return wanted
        return wanted


def _nothing() -> None:
    return None
