"""What serves flows in one process: the agent, the run log and the handler, started and stopped together."""

import asyncio
import logging
import sys
from collections.abc import Callable
from importlib import import_module

from airdock.agent.agent import Agent
from airdock.agent.scripts import ScriptLimits, ScriptLoader
from airdock.agent.source import FolderSource
from airdock.errors import AirdockError
from airdock.runlog import RunLog, RunLogSettings
from airdock.server.openapi import OpenApi
from airdock.server.settings import Settings
from airdock.spec.catalogue import Catalogue
from airdock.triggers.http import Answer, HttpHandler, HttpRequest, HttpSettings, Limits, Room

log = logging.getLogger("airdock.server")

JSON = [("content-type", "application/json")]


def load_catalogue(name: str) -> Catalogue:
    """The step types that a `module:function` lists.

    Raises:
        AirdockError: there is no such module or function.
    """
    module, _, function = name.partition(":")
    try:
        list_steps: Callable[[], Catalogue] = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise AirdockError(f"catalogue: {name!r} is not `module:function`: {error}") from None
    return list_steps()


def make_agent(settings: Settings, runlog: RunLog | None = None) -> Agent:
    """The agent of the settings' folder.

    Raises:
        AirdockError: the catalogue is not there.
    """
    catalogue = load_catalogue(settings.catalogue)
    return Agent(FolderSource(settings.folder), catalogue, scripts=make_scripts(settings), runlog=runlog)


def make_scripts(settings: Settings) -> ScriptLoader:
    """Loads script modules, within the settings' bounds."""
    return ScriptLoader(
        ScriptLimits(
            seconds=settings.script_timeout,
            memory=settings.script_memory,
            javascript_workers=settings.javascript_threads,
            python_workers=settings.python_threads,
        )
    )


class Serving:
    """One process's agent, run log and handler.

    Attributes:
        agent: Holds the flows. runlog: Records runs. handler: Answers requests.
        settings: As given.
    """

    def __init__(self, settings: Settings) -> None:
        """Opens nothing yet.

        Raises:
            AirdockError: the catalogue is not there.
        """
        self.settings = settings
        self.runlog = RunLog(
            settings.home, settings=RunLogSettings(max_age=settings.run_log_age, max_size=settings.run_log_size)
        )
        self.agent = make_agent(settings, self.runlog)
        self._openapi = OpenApi(settings.root_path)
        self.handler = HttpHandler(
            self.agent,
            HttpSettings(
                root_path=settings.root_path,
                max_in_flight=settings.max_in_flight or sys.maxsize,
                show_details=settings.dev,
                log_failures=True,
                limits=Limits(body=settings.max_body, room=Room(max(settings.max_bodies, settings.max_body))),
            ),
            {
                "/health/live": lambda request: Answer(200, JSON, b'{"status":"live"}'),
                "/health/ready": self._ready,
                "/services/openapi.json": self._openapi_document,
            },
        )
        self.loaded = False
        self._following: asyncio.Task[None] | None = None
        self._standing: set[asyncio.Task[object]] = set()

    def load(self) -> None:
        """Opens the run log and compiles everything. Takes a while; the flows answer when it is done."""
        self.runlog.start()
        self.agent.load()
        self.loaded = True

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begins to follow changes, if the settings say so. The loop may stand still."""
        if self.settings.dev and (self._following is None or self._following.get_loop() is not loop):
            self._following = loop.create_task(self._follow())
        loop.call_soon(self._note_tasks)

    def cut_off(self) -> None:
        """Cancels what is in flight; the runs are recorded as cut off. Called on the running loop."""
        self.handler.stopping = True
        for task in asyncio.all_tasks() - self._standing:
            task.cancel()

    async def stop(self) -> None:
        """Ends following and writes out the run log."""
        following, self._following = self._following, None
        if following is not None:
            following.cancel()
            await asyncio.wait([following])
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """Writes out the run log, where no loop runs any more."""
        self.runlog.close()

    def _note_tasks(self) -> None:
        """Tasks there before the first request are the server's own."""
        self._standing = set(asyncio.all_tasks())

    async def _follow(self) -> None:
        try:
            await self.agent.follow(lambda changes: None)
        except Exception:
            log.exception("changes are not followed any more")

    def _ready(self, request: HttpRequest) -> Answer:
        return Answer(200, JSON, b'{"status":"ready"}') if self.loaded else Answer(503, JSON, b'{"status":"starting"}')

    def _openapi_document(self, request: HttpRequest) -> Answer:
        agent = self.agent
        return Answer(200, JSON, self._openapi.json(agent.routes, agent.flows.values()))
