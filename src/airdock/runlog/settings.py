"""What the run log keeps and how much of it."""

from typing import Literal, cast, get_args

import msgspec

Level = Literal["full", "summary", "errors", "off"]


class RunLogSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of the run log. The defaults suit a server with thousands of runs per second.

    Attributes:
        max_age: Seconds after which a record is deleted.
        max_size: Bytes of the file; beyond it the oldest records are deleted.
        successes: Successful runs kept per flow and second at level `summary`; the others are counted only.
        whole_failures: Failed runs kept with steps and exchange, per flow and second.
        failures: Failed runs kept at all, per flow and second; beyond `whole_failures` without steps and exchange.
        snapshot: Bytes of what a retry of a failed run needs; a larger exchange is not kept. Per flow and second, in
            each process, the failed runs together get no more.
        running: Seconds after which a run that waits is listed as running. listed: So many in each process at most.
        preview: Characters of a body, and of the properties, that a failed run's record holds.
        steps: Steps kept of a long run: so many of its first and so many of its last.
        interval: Seconds between two writes.
        queue_size: Bytes of records (estimated) that may wait for the writer; beyond it they are dropped and counted.
        busy_timeout: Seconds to wait for another process that writes.
        close_timeout: Seconds that closing may take.
        cleanup_interval: Seconds between two looks for records that are too old.
        secret_names: Names, beside the built-in ones, of fields and headers whose values are masked.
    """

    max_age: float = 7 * 86400.0
    max_size: int = 256 * 1024**2
    successes: int = 10
    whole_failures: int = 50
    failures: int = 500
    snapshot: int = 1024**2
    running: float = 1.0
    listed: int = 1000
    preview: int = 16 * 1024
    steps: int = 500
    interval: float = 0.05
    queue_size: int = 64 * 1024**2
    busy_timeout: float = 5.0
    close_timeout: float = 10.0
    cleanup_interval: float = 60.0
    secret_names: tuple[str, ...] = ()


def level_of(word: str) -> Level:
    """The level that a flow's `log` names.

    Raises:
        ValueError: there is no such level.
    """
    if word not in get_args(Level):
        raise ValueError(f"{word!r} is not a level of the run log: use one of {', '.join(get_args(Level))}")
    return cast(Level, word)
