"""Rows for the database, from records and counters."""

from collections.abc import Iterator, Mapping
from uuid import UUID

import msgspec

from airdock.runlog.flowlog import FlowLog
from airdock.runlog.masking import Masker
from airdock.runlog.pending import Pending
from airdock.runlog.records import BOUNDS, StoredDetail
from airdock.runlog.steps import steps_of
from airdock.sealer import Sealer

LABELS = (*(f"{bound:g}" for bound in BOUNDS), "+Inf", "ns")
"""What the places of a tally are called in the database."""

RunRow = tuple[bytes, str, str, int, bytes, bytes | None, str, str, bytes | None]
SnapshotRow = tuple[bytes, int, bytes]
StateRow = tuple[str, str, str]
CounterRow = tuple[str, str, str, int]
States = Mapping[tuple[str, str], str]
"""By flow and step, the state that the step is in."""
Tallies = tuple[tuple[int, ...], tuple[int, ...], int]

_NOTHING: Tallies = ((0,) * len(LABELS), (0,) * len(LABELS), 0)


def run_row(record: Pending, masker: Masker, keep_steps: int) -> RunRow:
    """The row of a run.

    Raises:
        ValueError: the run's id, or its parent's, is not a UUID, or a text cannot be encoded.
    """
    summary = record.summary
    return (
        UUID(record.run.id).bytes,
        storable(record.flow),
        "ok" if summary.error is None else "failed",
        record.ended - record.started,
        msgspec.json.encode(summary),
        _detail(record, masker, keep_steps),
        storable(summary.project),
        "" if summary.error is None else summary.error.code,
        UUID(summary.parent).bytes if summary.parent else None,
    )


def snapshot_row(record: Pending, sealer: Sealer) -> SnapshotRow:
    """The row of what a retry of the run needs. Raises whatever the sealer does."""
    sealed = sealer.seal(record.snapshot)
    return UUID(record.run.id).bytes, len(sealed), sealed


def _detail(record: Pending, masker: Masker, keep_steps: int) -> bytes | None:
    if record.trail is None and record.exchange is None:
        return None
    steps, omitted = steps_of(
        record.trail or [],
        record.started,
        record.ended,
        masker=masker,
        keep=keep_steps,
        length=record.trail_length,
    )
    detail = StoredDetail(steps, omitted, record.exchange, record.cause, record.details, record.not_retriable)
    return msgspec.json.encode(detail)


def storable(text: str) -> str:
    """The text without what UTF-8 cannot hold; names of files may have that."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


class Change:
    """What happened to a flow's counters since they were last stored."""

    def __init__(self, flow: FlowLog, before: Tallies | None, in_flight_before: int) -> None:
        self.flow = flow
        self.name = storable(flow.name)
        self.tallies = flow.tallies()
        self.in_flight = flow.in_flight
        self.in_flight_changed = self.in_flight != in_flight_before
        self._before = before or _NOTHING

    def rows(self) -> Iterator[CounterRow]:
        """The differences that are not zero."""
        (ok, failed, lost), (ok_before, failed_before, lost_before) = self.tallies, self._before
        for outcome, now, before in (("ok", ok, ok_before), ("failed", failed, failed_before)):
            for label, value, old in zip(LABELS, now, before, strict=True):
                if value != old:
                    yield self.name, outcome, label, value - old
        if lost != lost_before:
            yield self.name, "dropped", "+Inf", lost - lost_before


class Stored:
    """What of the counters of this process is in the database."""

    def __init__(self) -> None:
        self._tallies: dict[FlowLog, Tallies] = {}
        self._in_flight: dict[FlowLog, int] = {}
        self._states: States = {}

    def state_changes(self, states: States) -> tuple[list[StateRow], list[tuple[str, str]]]:
        """The states that have changed, and the steps that have none any more."""
        before = self._states
        changed = [(flow, step, state) for (flow, step), state in states.items() if before.get((flow, step)) != state]
        return changed, [key for key in before if key not in states]

    def remember_states(self, states: States) -> None:
        self._states = states

    def changes(self, flows: list[FlowLog]) -> list[Change]:
        """The flows that have changed. Call `forget` when they could not be stored, else `remember`."""
        changes = []
        for flow in flows:
            if flow.changed:
                # In this order: what is counted after the reading sets the mark again.
                flow.changed = False
                changes.append(Change(flow, self._tallies.get(flow), self._in_flight.get(flow, 0)))
        return changes

    def remember(self, changes: list[Change]) -> None:
        for change in changes:
            self._tallies[change.flow] = change.tallies
            self._in_flight[change.flow] = change.in_flight

    def forget(self, changes: list[Change]) -> None:
        for change in changes:
            change.flow.changed = True
