"""Asking for a run that goes on in another process to be cancelled."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from airdock.errors import RefusedError
from airdock.runlog.processes import is_alive
from airdock.runlog.schema import CANCELS, RUNNING, RUNS, open_for_writing

_BUSY_SECONDS = 5.0


def request_cancel(home: Path, id: bytes, by: str) -> None:
    """Notes that somebody wants a run to be cancelled; the process that has it looks every `RunLogSettings.interval`.

    Raises:
        RefusedError: `run.ended` or `run.missing`. OSError, sqlalchemy.exc.SQLAlchemyError, RunLogError: the run log
            cannot be written.
    """
    engine = open_for_writing(home, _BUSY_SECONDS)
    try:
        with engine.begin() as connection:
            _check(connection, id)
            connection.execute(insert(CANCELS).values(id=id, by=by).on_conflict_do_nothing())
    finally:
        engine.dispose()


def _check(connection: Connection, id: bytes) -> None:
    shown = UUID(bytes=id)
    running = connection.execute(select(RUNNING.c.pid, RUNNING.c.birth).where(RUNNING.c.id == id)).one_or_none()
    if running is None:
        if connection.execute(select(RUNS.c.id).where(RUNS.c.id == id)).one_or_none() is not None:
            raise RefusedError("run.ended", f"the run {shown} has ended")
        raise RefusedError("run.missing", f"no run {shown} is going on; those are listed that go on for a second")
    if not is_alive(running.pid, running.birth):
        raise RefusedError("run.ended", f"the run {shown} ended with its process, which died")
