"""Saying that the run log cannot be written: clearly, and not too often."""

import logging
import time
from pathlib import Path

from sqlalchemy.exc import DBAPIError

log = logging.getLogger("airdock.runlog")

_QUIET_SECONDS = 60.0
_ADVICE = {
    "SQLITE_FULL": "the disk is full: free some space",
    "SQLITE_BUSY": "another process holds it: end that one if it hangs",
    "SQLITE_LOCKED": "another process holds it: end that one if it hangs",
    "SQLITE_CORRUPT": "it is damaged: move it away, then a new one is made",
    "SQLITE_NOTADB": "it is not a run log: move it away, then a new one is made",
    "SQLITE_READONLY": "it may not be written: change its owner or its mode, and those of its folder",
    "SQLITE_CANTOPEN": "it cannot be opened: look at the owner and the mode of its folder",
}


class Trouble:
    """Reports errors of the writer, once a minute at most, and when they are over.

    Attributes:
        busy: The last attempt failed because another process was writing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._quiet_until = 0.0
        self._going_on = False
        self.busy = False

    def failed(self, error: Exception, waiting: int, dropped: int) -> None:
        """An attempt to write has failed; so many records wait and so many have been dropped so far."""
        name = _name_of(error)
        self.busy = name in ("SQLITE_BUSY", "SQLITE_LOCKED")
        self._going_on = True
        reason = _ADVICE.get(name) or str(getattr(error, "orig", None) or error)
        self.report(
            f"the run log {self._path} cannot be written: {reason}."
            f" Flows go on; {waiting} records wait and are tried again, {dropped} have been dropped (and counted)"
        )

    def over(self) -> None:
        """An attempt has succeeded."""
        self.busy = False
        if self._going_on:
            self._going_on = False
            log.warning("the run log %s is written again", self._path)

    def report(self, message: str, *, trace: bool = False) -> None:
        """Logs an error, with the exception being handled if asked, unless one was logged within the last minute."""
        now = time.monotonic()
        if now >= self._quiet_until:
            self._quiet_until = now + _QUIET_SECONDS
            log.error("%s", message, exc_info=trace)


def _name_of(error: Exception) -> str:
    """The plain name of SQLite's error code, without the part that says more."""
    if isinstance(error, PermissionError):
        return "SQLITE_READONLY"
    name = getattr(error.orig, "sqlite_errorname", "") if isinstance(error, DBAPIError) else ""
    return "_".join(str(name).split("_")[:2])
