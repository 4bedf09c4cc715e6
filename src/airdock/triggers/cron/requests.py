"""Runs that somebody asks for, whichever process they ask: they reach the one that runs jobs by the database."""

from collections.abc import Collection
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from airdock.database import note_change
from airdock.errors import RefusedError
from airdock.triggers.cron.tables import REQUESTS

TOPIC = "jobs"
"""Of the changes that are told."""
MOST_WAITING = 1000
"""So many runs of one job may be asked for and not begun."""
LARGEST = 256 * 1024
"""Bytes of parameters as JSON."""


class Request(NamedTuple):
    """A run that was asked for.

    Attributes:
        job: Its name. parameters: Exchange properties, over those of the job. by: Who asked. at: Unix time.
    """

    job: str
    parameters: dict[str, Any]
    by: str
    at: float


def ask(connection: Connection, request: Request) -> None:
    """Asks for a run; the processes that run jobs are told.

    Raises:
        RefusedError: `job.parameters`, they are too large; `job.waiting`, too many runs wait.
    """
    if len(msgspec.json.encode(request.parameters)) > LARGEST:
        raise RefusedError("job.parameters", f"the parameters are larger than {LARGEST // 1024} KB")
    waiting = connection.execute(select(func.count()).where(REQUESTS.c.job == request.job)).scalar_one()
    if waiting >= MOST_WAITING:
        raise RefusedError("job.waiting", f"{MOST_WAITING} runs of {request.job} were asked for and wait to begin")
    put(connection, request)


def put(connection: Connection, request: Request) -> None:
    """Asks for a run that was asked for before and taken."""
    content = msgspec.json.encode(request.parameters).decode()
    values = {"job": request.job, "parameters": content, "by": request.by, "at": request.at}
    connection.execute(insert(REQUESTS).values(values))
    note_change(connection, TOPIC, request.job)


def take(connection: Connection, jobs: Collection[str]) -> list[Request]:
    """Runs of these jobs that were asked for, in that order; they are the caller's now, and nobody else gets them."""
    waiting = connection.execute(select(REQUESTS.c.job).distinct()).scalars()
    wanted = [job for job in waiting if job in jobs]
    if not wanted:
        return []
    statement = delete(REQUESTS).where(REQUESTS.c.job.in_(wanted)).returning(REQUESTS)
    rows = sorted(connection.execute(statement), key=lambda row: row.id)
    return [Request(row.job, msgspec.json.decode(row.parameters), row.by, row.at) for row in rows]
