"""What becomes of an arrival: runs until it is accepted, tried again later, or lies in the dead letters."""

import logging
from collections.abc import Hashable

from airdock.deadletters import DeadLetters
from airdock.errors import FlowError
from airdock.spec.clock import Clock
from airdock.spec.descriptors import Listener
from airdock.spec.trigger import Arrival
from airdock.triggers.activity import Activity
from airdock.triggers.listener.crew import Crew
from airdock.triggers.listener.lanes import Lanes
from airdock.triggers.listener.patience import GivenUpError, Patience
from airdock.triggers.listener.quietly import quietly
from airdock.triggers.listener.records import Attempt, Records
from airdock.triggers.listener.redelivery import OPEN_CIRCUIT, circuit_wait, is_hopeless, policy_of, wait_after
from airdock.triggers.listener.resent import Resent, content_of, death_of
from airdock.triggers.listener.runs import Failed, Runs
from airdock.triggers.listener.session import Session
from airdock.triggers.listener.states import Tally
from airdock.triggers.listener.work import Held, Work

log = logging.getLogger("airdock.listeners")

_SHORTEST = 0.001
"""Seconds between two looks at the same work, as clocks differ a little."""


class Delivery:
    """Works off what arrives at one version of a listener. For one event loop.

    Attributes:
        runs: Its runs. patience: What keeps it from going on, other than the source.
    """

    def __init__(
        self, activity: Activity[Listener], records: Records, letters: DeadLetters, clock: Clock, tally: Tally
    ) -> None:
        self.runs = Runs(activity, tally)
        self.patience = Patience(activity.name)
        self._model = activity.model
        self._policy = policy_of(activity.model)
        self._name = activity.name
        self._records = records
        self._letters = letters
        self._clock = clock
        self._tally = tally
        self._crew = Crew(activity.model.concurrency, self._do)
        self._lanes = Lanes(self._crew.put)
        self._one_lane = activity.model.concurrency == 1

    @property
    def in_flight(self) -> int:
        """How many runs go on."""
        return self._crew.busy

    # What arrives.

    def begin(self) -> None:
        """Runs may begin, from now on or again."""
        self.patience.ending.clear()
        self._crew.open_gate()

    def add(self, arrivals: list[Arrival], session: Session, *, together: bool = False) -> None:
        """Takes what came. `together`: they are one run."""
        now = self._clock.now()
        held = [Held(arrival, self._lane(arrival), now) for arrival in arrivals]
        keys: set[Hashable] = {each.lane for each in held if each.lane is not None}
        if self._model.idempotent:
            keys.update(("id", each.arrival.id) for each in held if each.arrival.id)
        work = Work(held, frozenset(keys), session, together)
        session.work[work] = None
        self._lanes.add(work)

    def _lane(self, arrival: Arrival) -> Hashable:
        if not self._model.ordered:
            return None
        return arrival.lane or ("" if self._one_lane else None)

    # The end of a session.

    def drop(self, session: Session, prefetch: int) -> Session:
        """The source is closed: what did not begin goes back by itself. What stays is worked off in the session that
        follows, which this gives."""
        session.over = True
        staying = [work for work in session.work if all(held.arrival.stays for held in work.held)]
        following = Session(prefetch, staying)
        for work in list(session.work):
            if work.session is session and not work.running:
                self._forget(work)
        return following

    async def wind_down(self, session: Session) -> None:
        """Lets runs end, and gives the rest back. `ending` is set."""
        self._crew.close_gate()
        await session.until_idle()
        # The newest first: where what comes back is put to the front, the order stays.
        for work in reversed(list(session.work)):
            self._forget(work)
            for held in reversed(work.held):
                if held.arrival.once and held.failed is not None:
                    await self._bury_at_end(held, held.failed)
                else:
                    await self._not_cut_off(held)
                    await quietly(self._name, held.arrival.release(), "cannot be given back")

    def cut_off(self) -> None:
        """Cuts off the runs that go on; what they work on is given back."""
        self._crew.cancel()

    async def stop(self) -> None:
        """Ends the workers, which have nothing to do any more."""
        await self._crew.stop()

    async def keep_alive(self, session: Session) -> None:
        """Tells the source of each arrival in hand that work on it goes on."""
        for work in list(session.work):
            for held in list(work.held):
                if not session.over and held in work.held:
                    await quietly(self._name, held.arrival.working(), "cannot be held on to")

    def _forget(self, work: Work) -> None:
        work.gone = True
        if work.timer is not None:
            work.timer.cancel()
        self._lanes.remove(work)
        work.session.discard(work)
        work.session.leave(len(work.held))

    # Work.

    async def _do(self, work: Work) -> None:
        work.begin()
        try:
            if not work.checked:
                await self._look_up(work)
                work.checked = True
            if work.together and len(work.held) > 1 and not self._is_early(work):
                await self._run_together(work)
            else:
                await self._run_each(work)
        except GivenUpError:
            pass
        finally:
            work.running = False
            self._put_aside(work)

    def _is_early(self, work: Work) -> bool:
        return any(held.due > self._clock.now() or held.attempt > 1 for held in work.held)

    def _put_aside(self, work: Work) -> None:
        """A piece was worked on: it is done, or what is left of it is tried again later."""
        if not work.held or work.session.over:
            self._forget(work)
            return
        if not self.patience.ending.is_set():
            wait = max(work.due - self._clock.now(), _SHORTEST)
            work.timer = self._clock.call_later(wait, lambda: self._crew.put(work))
        work.session.paused()

    async def _run_together(self, work: Work) -> None:
        """One run for all. When it fails, they are tried one by one, so that a bad one takes no other with it."""
        for held, error in self.runs.unreadable(work.held):
            await self._bury(work, held, Failed(error, ""))
        if not work.held:
            return
        for held in work.held:
            self._begun(held)
        failed = await self.runs.run_all([held.arrival for held in work.held])
        if failed is None:
            for held in list(work.held):
                await self._accept(work, held)
        elif failed.error.code == OPEN_CIRCUIT:
            self._wait_for_circuit(work.held, failed.error)
        else:
            work.together = False
            for held in list(work.held):
                await self._try_again(work, held, failed)

    async def _run_each(self, work: Work) -> None:
        """Those that are due, and do not stand behind one of the same lane that failed or is not due yet."""
        behind: set[Hashable] = set()
        for held in list(work.held):
            now = self._clock.now()
            if held.lane in behind or self.patience.ending.is_set() or held.due > now or self.patience.gate > now:
                held.due = max(held.due, self.patience.gate)
            else:
                await self._run_one(work, held)
            if held in work.held and held.lane is not None:
                behind.add(held.lane)

    async def _run_one(self, work: Work, held: Held) -> None:
        if held.attempt > self._policy.attempts:
            error = FlowError("listener.cutOff", "the process ended while it was worked on, at each attempt")
            held.attempt -= 1
            await self._bury(work, held, Failed(error, ""))
            return
        self._begun(held)
        failed = await self.runs.run_one(held.arrival, held.attempt)
        if failed is None:
            await self._accept(work, held)
        elif failed.error.code == OPEN_CIRCUIT:
            self._wait_for_circuit([held], failed.error)
        elif isinstance(held.arrival, Resent) or is_hopeless(failed.error):
            await self._bury(work, held, failed)
        else:
            await self._try_again(work, held, failed)

    def _begun(self, held: Held) -> None:
        """A run that is cut off leaves no other word of what cannot come again."""
        if held.arrival.once:
            held.failed = Failed(FlowError("listener.cutOff", "the process ended while it was worked on"), "")
            held.due = 0.0

    def _wait_for_circuit(self, held: list[Held], error: FlowError) -> None:
        """Nothing begins until the circuit may be closed again, and no attempt is counted."""
        wait = circuit_wait(error)
        self.patience.trouble = str(error)
        self.patience.gate = self._clock.now() + wait
        for each in held:
            each.due = self.patience.gate
            each.failed = Failed(error, "")
        self._crew.close_gate()
        self._clock.call_later(wait, self._open_gate)

    def _open_gate(self) -> None:
        if self.patience.gate <= self._clock.now():
            self.patience.gate = 0.0
            self.patience.trouble = ""
            if not self.patience.ending.is_set():
                self._crew.open_gate()

    # What the store knows.

    async def _look_up(self, work: Work) -> None:
        """Passes over what was worked off before, and takes in what failed before, in this process or another."""
        for held in list(work.held):
            arrival = held.arrival
            if not arrival.id:
                continue
            id = arrival.id
            if self._model.idempotent and await self.patience.wait_for(work, lambda id=id: self._records.is_done(id)):  # type: ignore[misc]
                self._tally.duplicates += 1
                await self._hand_in(work, held)
            elif arrival.redelivered:
                await self._take_in(work, held)

    async def _take_in(self, work: Work, held: Held) -> None:
        """An attempt that began and left no word was cut off, with its process, and counts."""
        id = held.arrival.id
        found = await self.patience.wait_for(work, lambda: self._records.find(id))
        number, due = (1, 0.0) if found is None else (found.number + found.begun, found.due)
        if found is not None and found.begun:
            due = self._clock.now() + wait_after(self._policy, found.number)
        await self.patience.wait_for(work, lambda: self._records.keep(id, Attempt(number, due, begun=True)))
        held.attempt, held.due, held.recorded = number, due, True

    # Ends.

    async def _accept(self, work: Work, held: Held) -> None:
        """It was worked off."""
        id = held.arrival.id
        if self._model.idempotent and id:
            try:
                await self.patience.wait_for(work, lambda: self._records.done(id))
            except GivenUpError:
                # Worked off it is; that a duplicate would not be known is the lesser evil.
                log.warning("%s: that a message was worked off is not kept", self._name)
        self._tally.succeeded += 1
        await self._hand_in(work, held)

    async def _hand_in(self, work: Work, held: Held, dead: bool = False) -> None:
        # That which takes its place, if it is closed meanwhile, does not count what is handed in.
        session = work.session
        work.held.remove(held)
        taken = held.arrival.bury if dead else held.arrival.accept
        try:
            if not await quietly(self._name, taken(), "is not accepted and will come again"):
                await self._not_cut_off(held)
            elif held.recorded:
                await self._records.forget(held.arrival.id)
        except FlowError as error:
            log.debug("%s: attempts are forgotten later: %s", self._name, error)
        finally:
            session.leave()

    async def _not_cut_off(self, held: Held) -> None:
        """That an attempt began, and left no word, is not the fault of the message."""
        if held.recorded:
            try:
                await self._records.keep(held.arrival.id, Attempt(held.attempt, held.due))
            except FlowError as error:
                log.debug("%s: an attempt more is counted: %s", self._name, error)

    async def _try_again(self, work: Work, held: Held, failed: Failed) -> None:
        """Later, if there are attempts left; the due time is kept, so that it holds after a restart, too."""
        if held.attempt >= self._policy.attempts:
            await self._bury(work, held, failed)
            return
        held.due = self._clock.now() + wait_after(self._policy, held.attempt)
        held.attempt += 1
        held.failed = failed
        if held.arrival.id:
            try:
                await self._records.keep(held.arrival.id, Attempt(held.attempt, held.due))
                held.recorded = True
            except FlowError as error:
                log.warning("%s: a restart would forget the attempts of a message: %s", self._name, error)

    async def _bury(self, work: Work, held: Held, failed: Failed) -> None:
        """To the dead letters, and only then it is accepted."""
        arrival, error = held.arrival, failed.error
        death = death_of(held, failed, self._clock.now())
        if isinstance(arrival, Resent):
            death.attempts += arrival.letter.death.attempts
            death.arrived = arrival.letter.death.arrived
            await self.patience.wait_for(work, lambda: arrival.die(death))
            work.held.remove(held)
            work.session.leave()
        else:
            source, content = self._model.trigger, content_of(arrival)
            await self.patience.wait_for(work, lambda: self._letters.put(self._name, source, content, death))
            await self._hand_in(work, held, dead=True)
        self._tally.dead += 1
        log.warning("%s: a message lies in the dead letters: %s: %s", self._name, error.code, error.message)

    async def _bury_at_end(self, held: Held, failed: Failed) -> None:
        """The listener ends, and nobody would try again what its source cannot give again."""
        death = death_of(held, failed, self._clock.now())
        # The next attempt did not begin.
        death.attempts -= held.due > 0
        try:
            await self._letters.put(self._name, self._model.trigger, content_of(held.arrival), death)
        except FlowError as error:
            log.error("%s: a message that failed is lost: %s", self._name, error)
            return
        self._tally.dead += 1
        log.warning("%s: a message lies in the dead letters, as the listener ends: %s", self._name, failed.error)
