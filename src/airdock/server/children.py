"""What every process that a server starts does for itself: how it logs, and that it ends when its parent does."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from multiprocessing.process import BaseProcess
from typing import NoReturn

from airdock.server.settings import Settings

MARGIN = 2.0
"""Seconds that a process gets beyond the grace period to record what was cut off, before it is killed."""


def begin_child(settings: Settings) -> None:
    """Called first in a new process."""
    # Here: the parent imports this module too, and need not wait for what logging needs.
    from airdock.server.log_lines import begin_logging

    begin_logging(settings.log_level)
    if (parent := multiprocessing.parent_process()) is not None:
        watch = threading.Thread(target=_follow, args=(parent, settings.grace), name="airdock-parent", daemon=True)
        watch.start()


def ignore_interrupts() -> None:
    """Ctrl-C, and the end of a terminal, reach every process of it; only the parent acts, and stops them in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def has_terminal() -> bool:
    """Whether this process belongs to a terminal, at whose end it gets SIGHUP."""
    try:
        os.close(os.open(os.ctermid(), os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True


def fail(error: Exception) -> NoReturn:
    """Says why this process cannot work, and ends it."""
    sys.stderr.write(f"airdock: {error}\n")
    sys.exit(1)


def _follow(parent: BaseProcess, grace: float) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace + MARGIN)
    os.kill(os.getpid(), signal.SIGKILL)
