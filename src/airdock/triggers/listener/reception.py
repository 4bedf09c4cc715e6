"""One version of a listener: opens its source, for ever, and hands on what arrives."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable

from airdock.deadletters import DeadLetters
from airdock.errors import FlowError, described
from airdock.spec.clock import Clock
from airdock.spec.descriptors import Listener
from airdock.spec.trigger import Arrival, EndedError, Listening, ReadAhead, Source, Troubled
from airdock.state import StateStore
from airdock.triggers.activity import Activity
from airdock.triggers.listener.batches import Batches
from airdock.triggers.listener.delivery import Delivery
from airdock.triggers.listener.post import Post
from airdock.triggers.listener.records import Records
from airdock.triggers.listener.session import Session
from airdock.triggers.listener.states import ListenerState, State, Tally

log = logging.getLogger("airdock.listeners")

WORKING_SECONDS = 10.0
"""So often the source is told that work on what it gave goes on."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 30.0
_LONGEST_ASKED = 600.0
"""Seconds for which a source may ask at most."""
_STEADY = 10.0
"""Seconds after which a source that was open counts as there again."""


class Reception:
    """Receives in one version of a listener, from `begin` on, until `end` is called and what goes on has ended.

    Attributes:
        activity: Its declaration and flow. ended: Nothing of it is left.
    """

    def __init__(
        self,
        activity: Activity[Listener],
        listening: Callable[[Activity[Listener]], Listening],
        letters: DeadLetters,
        clock: Clock,
        store: StateStore,
        tally: Tally,
        *,
        on_hold: bool = False,
        before: "Reception | None" = None,
    ) -> None:
        """`on_hold`: an operator has paused it. `before`: the version whose place it takes, when that has ended."""
        self.activity = activity
        self.ended = asyncio.Event()
        self._listening = listening
        self._clock = clock
        self._tally = tally
        self._on_hold = on_hold
        self._before = before
        self._over = False
        self._changed = asyncio.Event()
        self._delivery = Delivery(activity, Records(activity.name, store, clock), letters, clock, tally)
        self._post = Post(activity, letters, self._delivery)
        self._session = Session(self._prefetch)
        self._listened: Source | None = None
        self._source_error = ""
        self._broken = False
        self._shown: tuple[State, float, float] = ("starting", clock.now(), 0.0)
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    def become(self, activity: Activity[Listener]) -> bool:
        """Takes the flow's current version; False when the declaration is another, which takes another reception."""
        if activity.model is not self.activity.model or self._broken:
            return False
        self.activity = self._delivery.runs.activity = activity
        return True

    def hold(self, on_hold: bool) -> None:
        """An operator pauses it, or has it go on."""
        if on_hold != self._on_hold:
            self._on_hold = on_hold
            self._changed.set()
            if on_hold:
                self._delivery.patience.ending.set()

    def end(self) -> None:
        """Receives no more; runs go on to their end."""
        self._over = True
        self._changed.set()
        self._delivery.patience.ending.set()

    def cut_off(self) -> None:
        """Ends what is waited for; what is in hand goes back."""
        self._delivery.cut_off()

    def cancel(self) -> None:
        """Ends at once."""
        if self._task is not None:
            self._task.cancel()

    def look_for_letters(self) -> None:
        """There are dead letters of it to be sent again."""
        self._post.look()

    @property
    def state(self) -> ListenerState:
        """How it stands; for any thread."""
        state, since, next_try = self._shown
        delivery, tally, session = self._delivery, self._tally, self._session
        if state == "listening" and delivery.patience.gate:
            state, next_try = "paused", delivery.patience.gate
        works = [*list(session.work), *list(self._post.session.work)]
        return ListenerState(
            name=self.activity.name,
            trigger=self.activity.model.trigger,
            state=state,
            since=since,
            error=self._source_error or delivery.patience.trouble or self._source_trouble,
            next_try=next_try,
            received=tally.received,
            succeeded=tally.succeeded,
            failed=tally.failed,
            redelivered=tally.redelivered,
            duplicates=tally.duplicates,
            dead=tally.dead,
            in_flight=delivery.in_flight,
            held=sum(len(work.held) for work in works),
        )

    @property
    def _source_trouble(self) -> str:
        source: object = self._listened
        return source.trouble if isinstance(source, Troubled) else ""

    def _show(self, state: State, next_try: float = 0.0) -> None:
        before, since, _ = self._shown
        if state != before:
            since = self._clock.now()
            if "reconnecting" in (state, before) and state in ("reconnecting", "listening"):
                name, error = self.activity.name, self._source_error
                log.warning("%s is reconnecting: %s", name, error) if error else log.info("%s listens again", name)
        self._shown = (state, since, next_try)

    # The task.

    async def _run(self) -> None:
        try:
            if self._before is not None:
                await self._before.ended.wait()
                self._before = None
            source = self._listened = self._source()
            while not self._over:
                self._changed.clear()
                if source is None or self._on_hold:
                    self._show("stopped" if source is None else "paused")
                    await self._changed.wait()
                else:
                    await self._listen(source)
        except Exception as error:
            self._source_error = described(error)
            log.exception("%s does not listen any more, for a reason of ours", self.activity.name)
        finally:
            self._show("stopped")
            self.ended.set()
            await self._delivery.stop()

    def _source(self) -> Source | None:
        try:
            return self.activity.model.params.source(self._listening(self.activity))  # type: ignore[no-any-return]
        except Exception as error:  # noqa: BLE001 -- whatever is wrong with it, it is shown, and others go on
            self._broken = True
            self._source_error = _told(error)
            log.warning("%s cannot listen: %s", self.activity.name, self._source_error)
            return None

    async def _listen(self, source: Source) -> None:
        """Until it ends, or is paused."""
        delivery = self._delivery
        delivery.begin()
        self._show("starting")
        beside = [asyncio.create_task(each) for each in (self._post.deliver(), self._keep_alive())]
        try:
            await self._connect_for_ever(source)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.wait(beside)
            # What its source cannot give again may still be in hand while that is away.
            await delivery.wind_down(self._session)
            await delivery.wind_down(self._post.session)

    async def _connect_for_ever(self, source: Source) -> None:
        pause, ending = _FIRST_PAUSE, self._delivery.patience.ending
        while not ending.is_set():
            opened, error = await self._open(source)
            if ending.is_set():
                return
            if isinstance(error, EndedError):
                log.warning("%s listens no more: %s", self.activity.name, error)
                self._show("stopped")
                await ending.wait()
                return
            asked = _asked(error)
            if opened is not None and (asked is not None or self._clock.monotonic() - opened > _STEADY):
                pause = _FIRST_PAUSE
            wait = max(pause, asked or 0.0) * random.uniform(1.0, 1.2)  # noqa: S311 -- spreads load, keeps no secret
            self._show("reconnecting", self._clock.now() + wait)
            await self._delivery.patience.rest(wait)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _open(self, source: Source) -> tuple[float | None, BaseException | None]:
        """One opening of the source, to its end: when it was open, by the monotonic clock, and what ended it."""
        session = self._session
        opening = asyncio.create_task(self._receive(source, session))
        ending = asyncio.create_task(self._delivery.patience.ending.wait())
        try:
            await asyncio.wait((opening, ending), return_when=asyncio.FIRST_COMPLETED)
            if session.opened is None:
                # The source is still being opened, and nothing came from it.
                opening.cancel()
            await asyncio.wait((opening,))
        finally:
            opening.cancel()
            ending.cancel()
            self._session = self._delivery.drop(session, self._prefetch)
        error = None if opening.cancelled() else opening.exception()
        if error is not None:
            self._source_error = _told(error)
        return session.opened, error

    async def _receive(self, source: Source, session: Session) -> None:
        delivery = self._delivery
        async with source.open(self._prefetch) as arrivals:
            session.opened = self._clock.monotonic()
            self._source_error = ""
            self._show("listening")
            batches = Batches(self.activity.model.batch, delivery, session, self._clock)
            receiving = asyncio.create_task(self._take(arrivals, session, batches))
            watched = [receiving, asyncio.create_task(delivery.patience.ending.wait())]
            ahead = arrivals if isinstance(arrivals, ReadAhead) else None
            if ahead is not None:
                watched.append(asyncio.create_task(ahead.lost.wait()))
            try:
                await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
            finally:
                ended = receiving.done()
                for task in watched:
                    task.cancel()
                await asyncio.wait(watched)
                lost = ahead is not None and ahead.lost.is_set() and not delivery.patience.ending.is_set()
                if ahead is not None and lost:
                    self._take_left(ahead, batches)
                batches.flush()
            if ended:
                receiving.result()
                raise FlowError("connector.unavailable", "the source ended by itself")
            if lost:
                await anext(arrivals)
            await delivery.wind_down(session)

    async def _take(self, arrivals: AsyncIterator[Arrival], session: Session, batches: Batches) -> None:
        tally = self._tally
        while True:
            await session.room()
            try:
                arrival = await anext(arrivals)
            except StopAsyncIteration:
                return
            tally.received += 1
            batches.add(arrival)

    def _take_left(self, arrivals: ReadAhead, batches: Batches) -> None:
        """What came before the source was lost, whether or not there is room: the source is opened again at once."""
        for arrival in arrivals.left():
            self._tally.received += 1
            batches.add(arrival)

    async def _keep_alive(self) -> None:
        while True:
            await self._clock.sleep(WORKING_SECONDS)
            for session in (self._session, self._post.session):
                await self._delivery.keep_alive(session)

    @property
    def _prefetch(self) -> int:
        model = self.activity.model
        usual = model.prefetch or max(type(model.params).prefetch, model.concurrency)
        return max(usual, model.batch.size) if model.batch is not None else usual


def _told(error: BaseException) -> str:
    return str(error) if isinstance(error, FlowError | EndedError) else described(error)


def _asked(error: BaseException | None) -> float | None:
    """Seconds that a source asks to be left alone for; None where it does not."""
    asked = error.details.get("retryAfter") if isinstance(error, FlowError) else None
    return min(max(float(asked), 0.0), _LONGEST_ASKED) if isinstance(asked, int | float) else None
