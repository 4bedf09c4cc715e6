"""The way of a saga: its actions one after another, then its completion, or the compensations backwards."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, NamedTuple

from uuid_utils import uuid7

from airdock.checkpoint import Checkpoint
from airdock.copying import copy_value
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.response import ABSENT
from airdock.spec.step import Compiled, Part
from airdock.steps.keeping.saga_record import LEASE, ActionNote, SagaRecord, SagaShelf, SagaState, packed_options

log = logging.getLogger("airdock.steps")

PROPERTY = "saga"
"""The exchange property that has the saga's id."""
_CUT_OFF = (asyncio.CancelledError, GeneratorExit, KeyboardInterrupt, SystemExit)
_MOST_RECOVERED = 20


class CompiledAction(NamedTuple):
    """An action of a saga. `compensation`: with its retries; None where nothing is to be undone."""

    name: str
    steps: Compiled
    options: Callable[[Exchange], dict[str, Any]]
    compensation: Compiled | None


class SagaWork:
    """Runs the sagas of one step.

    Attributes:
        actions: In order. completion: With its retries; None for nothing.
        part: Runs what settles a saga, as a run of its own; not there for one that is only settled.
    """

    def __init__(self, path: str, name: str, shelf: SagaShelf) -> None:
        """`name`: of the flow and the step, for the log."""
        self.actions: list[CompiledAction] = []
        self.completion: Compiled | None = None
        self.part: Part | None = None
        self._path = path
        self._name = name
        self._shelf = shelf
        self._at_work: dict[str, SagaRecord] = {}
        self._given: dict[str, dict[str, Any]] = {}

    async def run(self, exchange: Exchange) -> None:
        """A saga from its beginning to its end."""
        record = SagaRecord(self._shelf, str(uuid7()), SagaState(exchange.run.id))
        begin = Checkpoint.taken("", exchange)
        begin.steps.clear()
        before = exchange.properties.get(PROPERTY, ABSENT)
        exchange.properties[PROPERTY] = {"id": record.id}
        try:
            await self._from_begin_to_end(record, exchange, begin)
        except _CUT_OFF:
            exchange.cut = begin
            raise
        finally:
            if before is ABSENT:
                exchange.properties.pop(PROPERTY, None)
            else:
                exchange.properties[PROPERTY] = before

    async def _from_begin_to_end(self, record: SagaRecord, exchange: Exchange, begin: Checkpoint) -> None:
        try:
            await self._act(record, exchange)
        except FlowError as error:
            await self._undo(record, exchange, error, begin)
            raise
        except _CUT_OFF:
            self._hand_over(record, exchange)
            raise
        except BaseException:
            # The flow is ended well inside the action.
            await self._complete(record, exchange)
            raise
        await self._complete(record, exchange)

    async def _act(self, record: SagaRecord, exchange: Exchange) -> None:
        state = record.state
        for action in self.actions:
            note = state.open = ActionNote(action.name, _options_before(action, exchange))
            await record.save()
            pending = action.steps(exchange)
            if pending is not None:
                await pending
            _done(state)
            note.options = packed_options(action.options(exchange))

    async def _undo(self, record: SagaRecord, exchange: Exchange, error: FlowError, begin: Checkpoint) -> None:
        """Undoes what was done before an action failed.

        Raises:
            FlowError: `saga.parked`, it could not be undone; or what the store raises, then others will undo it.
        """
        if record.lost or not record.stored:
            return
        record.state.open = None
        record.state.error = (error.code, error.message)
        run = ""
        try:
            undoes = any(self._compensation(note) for note in record.state.done)
            # Whoever goes on with it must not undo the action that failed.
            await (record.save() if undoes else record.remove())
        except BaseException:
            # Cut off, too: what is stored now is what others go on by.
            record.release()
            raise
        if undoes:
            run = await self._settled(record, exchange)
        if record.over:
            # A retry of the run begins the saga anew, with the message that it began with.
            error.checkpoint = begin if exchange.trail is not None else None
            return
        message = f"an action failed ({error.code}: {error.message}), and what was done before is not undone yet"
        parked = FlowError("saga.parked", message, details={"saga": record.id, "run": run, "error": error.code})
        parked.step = error.step
        begin.refusal = f"it is undone by the run {run}: retry that one"
        parked.checkpoint = begin if exchange.trail is not None else None
        raise parked from error

    async def _complete(self, record: SagaRecord, exchange: Exchange) -> None:
        state = record.state
        if state.open is not None:
            _done(state)
        try:
            if self.completion is None:
                await record.remove()
                return
            state.completing = True
            await record.save()
        except BaseException:
            # Others will undo what was done, as the run has failed; or complete it, if that is what is stored now.
            record.release()
            raise
        await self._settled(record, exchange)

    def _hand_over(self, record: SagaRecord, exchange: Exchange) -> None:
        """Undoes beside a run that is cut off what it did; what the action under way did, nobody knows."""
        record.state.error = ("flow.cancelled", "the run was cut off")
        if record.stored and not record.lost:
            self._start(record, exchange.run.release)
        else:
            record.release()

    async def _settled(self, record: SagaRecord, exchange: Exchange) -> str:
        """Settles the saga in a run of its own, which goes on if this one is cut off; the id of that run."""
        task, run = self._start(record, exchange.run.release)
        await asyncio.wait((task,))
        return run

    def _start(self, record: SagaRecord, release: int | None = None) -> "tuple[asyncio.Task[None], str]":
        assert self.part is not None  # noqa: S101 -- one that is only settled begins no saga
        exchange = self.part.exchange()
        exchange.run.parent = record.state.run
        if release is not None:
            exchange.run.release = release
        self._at_work[exchange.run.id] = record
        return self.part.start(exchange), exchange.run.id

    async def settle(self, exchange: Exchange) -> None:
        """Runs what is left of a saga's compensations, or its completion; in a run for that alone."""
        run = exchange.run.id
        record = self._at_work.get(run) or await self._taken_over(exchange)
        if record is None:
            return
        exchange.properties[PROPERTY] = {"id": record.id}
        begin = Checkpoint.taken(self._path, exchange)
        try:
            if record.state.completing:
                await self._run_completion(record, exchange)
            else:
                await self._run_compensations(record, exchange)
            await record.remove()
        except FlowError as error:
            await self._park(record, error)
            error.checkpoint = begin if exchange.trail is not None else None
            raise
        finally:
            record.release()
            self._at_work.pop(run, None)
            self._given.pop(run, None)

    async def _run_compensations(self, record: SagaRecord, exchange: Exchange) -> None:
        state = record.state
        while (note := state.open or (state.done[-1] if state.done else None)) is not None:
            compensation = self._compensation(note)
            if compensation is not None:
                self._given[exchange.run.id] = {**note.unpacked(), PROPERTY: _told(record, note.name)}
                pending = compensation(exchange)
                if pending is not None:
                    await pending
            if state.open is not None:
                state.open = None
            else:
                state.done.pop()
            if compensation is not None:
                await record.save()

    async def _run_completion(self, record: SagaRecord, exchange: Exchange) -> None:
        if self.completion is None:
            return
        given: dict[str, Any] = {}
        for note in record.state.done:
            given.update(note.unpacked())
        self._given[exchange.run.id] = {**given, PROPERTY: _told(record)}
        pending = self.completion(exchange)
        if pending is not None:
            await pending

    def given(self, steps: Compiled) -> Compiled:
        """Steps that find the options of what they are for, and nothing else, whenever they are tried."""

        def run(exchange: Exchange) -> Any:
            exchange.properties.clear()
            exchange.properties.update(copy_value(self._given[exchange.run.id]))
            exchange.body = None
            return steps(exchange)

        return run

    def _compensation(self, note: ActionNote) -> Compiled | None:
        action = next((action for action in self.actions if action.name == note.name), None)
        if action is None:
            raise FlowError("saga.action", f"the saga has no action {note.name!r} any more, which is to be undone")
        return action.compensation

    async def _park(self, record: SagaRecord, error: FlowError) -> None:
        if record.lost:
            return
        log.error("the saga %s of %s waits for a person: %s: %s", record.id, self._name, error.code, error)
        try:
            await record.park()
        except FlowError as failure:
            log.error("that the saga %s waits for a person cannot be stored: %s", record.id, failure)

    async def _taken_over(self, exchange: Exchange) -> SagaRecord | None:
        """The saga of a run that a person has another try at."""
        saga = exchange.properties.get(PROPERTY)
        if not isinstance(saga, dict) or not isinstance(saga.get("id"), str):
            raise FlowError("saga.lost", "the run does not say which saga it settles")
        return await self._shelf.take_parked(saga["id"])

    async def recover(self) -> None:
        """Settles the sagas whose process is gone, for as long as it is not cancelled."""
        under_way: set[asyncio.Task[None]] = set()
        while True:
            async for record in self._shelf.left_behind():
                log.warning("the saga %s of %s was left behind; it is gone on with here", record.id, self._name)
                record.state.error = record.state.error or ("flow.cancelled", "its process was gone")
                under_way.add(self._start(record)[0])
                while len(under_way) >= _MOST_RECOVERED:
                    _, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            under_way = {task for task in under_way if not task.done()}
            await self._shelf.clock.sleep(LEASE / 2)


def _options_before(action: CompiledAction, exchange: Exchange) -> bytes:
    """The options while what they are made of need not be there yet."""
    try:
        return packed_options(action.options(exchange))
    except FlowError:
        return b""


def _done(state: SagaState) -> None:
    if state.open is not None:
        state.done.append(state.open)
        state.open = None


def _told(record: SagaRecord, action: str = "") -> dict[str, Any]:
    told: dict[str, Any] = {"id": record.id, "run": record.state.run}
    if action:
        told["action"] = action
    if record.state.error is not None and action:
        code, message = record.state.error
        told["error"] = {"code": code, "message": message}
    return told
