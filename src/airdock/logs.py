"""The log that flows and scripts write to: one line per event, with the run's id and the flow's name."""

import logging
from typing import Any

import structlog

from airdock.exchange import Run

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_logger: Any = structlog.get_logger("airdock.flow")


def log_run(run: Run, level: str, message: str, **fields: Any) -> None:
    """Writes a line for a run; `level` is a key of `LEVELS`."""
    _logger.log(LEVELS[level], message, run=run.id, flow=run.flow, **fields)
