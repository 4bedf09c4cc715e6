"""One start of a job."""

import logging
from datetime import UTC, datetime
from typing import Any, NamedTuple

from airdock.errors import FlowError
from airdock.request import EMPTY_REQUEST
from airdock.spec.descriptors import Job
from airdock.triggers.activity import Activity

log = logging.getLogger("airdock.jobs")


class Start(NamedTuple):
    """A start of a job: a fire of its schedule, or a run that somebody asked for.

    Attributes:
        scheduled: Unix time for which it was meant. by: Who asked for it; empty for the schedule.
        parameters: What was given by whoever asked.
    """

    scheduled: float
    by: str = ""
    parameters: dict[str, Any] = {}


async def run_job(activity: Activity[Job], start: Start, now: float) -> None:
    """Runs a job once. How it ended is in the run log."""
    pipeline = activity.pipeline
    exchange = pipeline.exchange(EMPTY_REQUEST)
    exchange.properties.update(start.parameters)
    exchange.properties["job"] = {
        "name": activity.name,
        "scheduled": _time(start.scheduled),
        "fired": _time(now),
        "requestedBy": start.by or None,
        "parameters": start.parameters,
    }
    try:
        pending = pipeline.run(exchange, _no_answer)
        if pending is not None:
            await pending
    except FlowError as error:
        log.warning("%s failed (run %s): %s: %s", activity.name, exchange.run.id, error.code, error)
    except Exception:
        log.exception("%s failed (run %s)", activity.name, exchange.run.id)


def _no_answer(exchange: object) -> None:
    """Nobody waits for one."""


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
