"""Telling whether a process that wrote a row is still there."""

import os
from pathlib import Path


def birth_of(pid: int) -> int | None:
    """When a process began, in a unit of the system's own; with the pid it names a process for ever. None: it is gone.

    Where the system does not tell (no /proc), 0 stands for every process that exists.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None if Path("/proc/self/stat").exists() else _exists(pid)
    # The second field, the name in brackets, may hold anything.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def is_alive(pid: int, birth: int) -> bool:
    """Whether the process of that pid and birth runs."""
    return birth_of(pid) == birth


def _exists(pid: int) -> int | None:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return 0
    return 0
