"""Which runs a list has: each choice is made in an index that holds all it needs, so that a list costs little."""

from datetime import datetime

import msgspec
from sqlalchemy import ColumnClause, Select, Text, cast, column, func, select, text

from airdock.runlog.records import Outcome, id_at
from airdock.runlog.schema import RUNS

IN_A_LINE = (RUNS.c.id, RUNS.c.flow, RUNS.c.outcome, RUNS.c.nanoseconds, RUNS.c.summary)
"""The columns of a summary."""

_ID: ColumnClause[bytes] = column("id")


class Choice(msgspec.Struct, frozen=True):
    """Which runs: those for which everything holds that is given.

    Attributes:
        flow, project, outcome: Of the run. code: A part of its error's code, in any case.
        since, until: It began at the one or later, and before the other.
        parent: It went out from the run of this id.
        before: It stands behind the run of this id in a list that goes from the newest back.
    """

    flow: str | None = None
    project: str | None = None
    outcome: Outcome | None = None
    code: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    parent: bytes | None = None
    before: bytes | None = None


def listed(choice: Choice, limit: int) -> Select[tuple[bytes, str, str, int, bytes]]:
    """The rows that a list shows of the chosen runs, the newest first."""
    ids = _ids(choice).order_by(_ID.desc()).limit(limit)
    return select(*IN_A_LINE).where(RUNS.c.id.in_(ids)).order_by(RUNS.c.id.desc())


def _ids(choice: Choice) -> Select[bytes]:
    outcome = "failed" if choice.code and choice.outcome is None else choice.outcome
    # SQLite keeps no statistics here and could take an index that has the order and lacks the columns.
    query = select(_ID).select_from(text(f"runs {_source(choice, outcome)}"))
    equal = {"flow": choice.flow, "project": choice.project, "outcome": outcome, "parent": choice.parent}
    for name, value in equal.items():
        if value is not None:
            query = query.where(column(name) == value)
    if choice.code:
        query = query.where(func.instr(func.lower(column("code")), cast(choice.code.lower(), Text)) > 0)
    if choice.since is not None:
        query = query.where(id_at(choice.since.timestamp()) <= _ID)
    if choice.until is not None:
        query = query.where(id_at(choice.until.timestamp()) > _ID)
    if choice.before is not None:
        query = query.where(choice.before > _ID)
    return query


def _source(choice: Choice, outcome: str | None) -> str:
    if choice.parent is not None:
        return "INDEXED BY runs_of_parent"
    if choice.flow is not None:
        return "INDEXED BY runs_of_flow"
    if choice.project is not None:
        return "INDEXED BY runs_of_project"
    return "NOT INDEXED" if outcome is None else "INDEXED BY runs_of_outcome"
