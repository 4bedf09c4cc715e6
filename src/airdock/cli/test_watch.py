"""`airdock test --watch`: runs tests again whenever a file changes."""

import time
from collections.abc import Callable
from pathlib import Path

import watchfiles

from airdock.agent.source import FolderSource
from airdock.cli.terminal import paint, say

DEBOUNCE_MS = 50
STEP_MS = 10


def run_again(folder: Path, run: Callable[[], None]) -> None:
    """Runs now and at every change of a file that may concern tests, until the user interrupts it."""
    source = FolderSource(folder)

    def concerns(change: watchfiles.Change, file: str) -> bool:
        return source.concerns(file) or file.endswith(".csv")

    _run(run)
    changes = watchfiles.watch(
        source.root, watch_filter=concerns, debounce=DEBOUNCE_MS, step=STEP_MS, raise_interrupt=False
    )
    for _ in changes:
        _run(run)


def _run(run: Callable[[], None]) -> None:
    say(paint(f"{time.strftime('%H:%M:%S')}  waiting for changes; Ctrl-C ends", "dim"))
    run()
    say("")
