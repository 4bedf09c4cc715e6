"""What `airdock run` prints: the flows at the start, and a line per change."""

import asyncio
import contextlib
import sys
import threading
import time
from pathlib import Path
from typing import Any

from airdock import __version__
from airdock.server.processes import Processes
from airdock.server.settings import Settings

_READY = "/health/live"
_PATIENCE = 10.0
_LOOK = 0.1


class Report:
    """Prints from a thread of its own, of a folder with an agent of its own, so that the workers wait for nothing."""

    def __init__(self, settings: Settings, processes: Processes) -> None:
        self._settings = settings
        self._processes = processes
        self._thread = threading.Thread(target=self._run, name="airdock-report", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._began = time.time()

    def start(self) -> None:
        """Begins; the table is printed when a worker answers."""
        self._thread.start()

    def stop(self) -> None:
        """Ends, when the processes have."""
        if self._loop is not None and self._task is not None:
            # Where changes are not followed, the loop has ended by itself.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(2.0)

    def _run(self) -> None:
        path = self._settings.root_path + _READY
        while not self._processes.wait_ready(path, _PATIENCE):
            if self._processes.stopping.is_set():
                return
            self._say("Still starting ...")
        asyncio.run(self._report())

    async def _report(self) -> None:
        if self._settings.folder is None:
            await self._report_repository()
        else:
            await self._report_folder(self._settings.folder)

    async def _report_repository(self) -> None:
        """What the processes tell of the repository: nothing is compiled for this once more."""
        from airdock.agent.status import nodes
        from airdock.cli.run_table import start_lines
        from airdock.database import Database, DatabaseError

        database = Database(self._settings.home, self._settings.database_url)
        name, artefacts, until = self._settings.node_name, None, time.monotonic() + _PATIENCE
        while artefacts is None and time.monotonic() < until and not self._processes.stopping.wait(_LOOK):
            with contextlib.suppress(DatabaseError):
                told = {node.name: node for node in nodes(database)}.get(name)
                if told is not None and told.at >= self._began:
                    artefacts = told.artefacts
        database.close()
        if not self._processes.stopping.is_set():
            self._say(*start_lines(self._settings, artefacts or [], __version__))

    async def _report_folder(self, folder: Path) -> None:
        from airdock.cli.run_table import start_lines
        from airdock.server.installation import Installation
        from airdock.server.serving import make_agent

        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        agent = make_agent(self._settings, Installation(self._settings))
        agent.load()
        self._say(*start_lines(self._settings, agent.artefacts, __version__))
        if not self._settings.dev or self._processes.stopping.is_set():
            return
        try:
            await agent.follow(lambda changes: self._changed(changes, agent, folder.resolve()))
        except asyncio.CancelledError:
            return

    def _changed(self, changes: list[Any], agent: Any, folder: Path) -> None:
        from airdock.cli.run_table import change_lines

        clock = time.strftime("%H:%M:%S")
        in_use = not any(change.what == "affected" and change.artefact.state == "failed" for change in changes)
        for change in changes:
            file = folder / agent.shown(change.path)
            self._say(*change_lines(change, clock, file, in_use=in_use))

    def _say(self, *lines: str) -> None:
        try:
            sys.stdout.write("".join(f"{line}\n" for line in lines))
            sys.stdout.flush()
        except OSError:
            # Nobody reads any more (the pipe is closed); the server goes on.
            return
