"""What serves flows in one process: the agent, the run log and the handler, started and stopped together."""

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from airdock.agent.agent import Agent
from airdock.agent.following import Changes, Follower
from airdock.agent.presence import Presence
from airdock.agent.repository import RepositorySource
from airdock.agent.scripts import ScriptLimits, ScriptLoader
from airdock.agent.source import FolderSource
from airdock.agent.status import ProcessKind
from airdock.connectors.hub.feeds import Feeds
from airdock.database import DatabaseError
from airdock.deadline import DeadlineError, within
from airdock.engine.runtime import Runtime
from airdock.errors import AirdockError
from airdock.runlog import RunLog, RunLogSettings
from airdock.secrets import Sealing, SecretsError
from airdock.server.callers import InstallationCallers
from airdock.server.children import MARGIN
from airdock.server.installation import Installation
from airdock.server.openapi import OpenApi
from airdock.server.outside import make_links, read_overrides
from airdock.server.settings import Settings
from airdock.spec.catalogue import Catalogue
from airdock.state import Stores
from airdock.stores.memory import MemoryStore
from airdock.stores.sql import SqlStore
from airdock.triggers.http import Answer, HttpHandler, HttpRequest, HttpSettings, Limits, Room
from airdock.triggers.http.protection import DatabaseReplays, RateLimits, ReadSecret

if TYPE_CHECKING:
    from airdock.server.asyncapi import AsyncApi

log = logging.getLogger("airdock.server")

JSON = [("content-type", "application/json")]
_LOOK = 0.02
"""Seconds between the looks at what is in flight while the server stops."""
RATES = "rates"
"""The file in the home folder in which the processes of a node count calls."""


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


def make_agent(
    settings: Settings, installation: Installation, runlog: RunLog | None = None, stores: Stores | None = None
) -> Agent:
    """The agent of the settings' folder, or of the repository.

    Args:
        stores: Where patterns keep their state; in memory if left out.

    Raises:
        AirdockError: the catalogue is not there.
    """
    catalogue = load_catalogue(settings.catalogue)
    source = RepositorySource(installation.repository) if settings.folder is None else FolderSource(settings.folder)
    scripts = make_scripts(settings)
    read_secret: ReadSecret = installation.secrets.read
    if settings.folder is not None:
        read_secret = _without_waiting(read_secret)
    runtime = Runtime(links=make_links(settings))
    if stores is not None:
        runtime = replace(runtime, stores=stores)
    return Agent(
        source,
        catalogue,
        scripts=scripts,
        runlog=runlog,
        read_secret=read_secret,
        runtime=runtime,
        overrides=read_overrides(settings),
    )


def _without_waiting(read: ReadSecret) -> ReadSecret:
    """A folder is served without the database, too: a secret that cannot be read now closes the flow that names it."""

    def read_now(name: str) -> str | None:
        try:
            return read(name)
        except DatabaseError as error:
            raise SecretsError(error.code, f"the secret {name!r} cannot be read now: {error}") from error

    return read_now


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
    """One process's agent, run log and handler, and what they have of the installation.

    Attributes:
        settings: As given. installation: The database and what is kept there.
        sealing: Seals what retries need. state: What patterns keep durably. agent: Holds the flows.
        runlog: Records runs. handler: Answers requests.
        loaded: The flows answer. on_changes: Called with what changed in the database.
    """

    def __init__(self, settings: Settings, kind: ProcessKind = "worker") -> None:
        """Opens nothing yet.

        Raises:
            AirdockError: the catalogue is not there, or a setting cannot be used.
        """
        self.settings = settings
        self.installation = Installation(settings)
        self.sealing = Sealing(settings.home, settings.secret_key)
        self.runlog = RunLog(
            settings.home,
            settings=RunLogSettings(max_age=settings.run_log_age, max_size=settings.run_log_size),
            sealer=self.sealing,
        )
        self.state = SqlStore(self.installation.database, Sealing(settings.home, settings.secret_key, purpose="state"))
        self.agent = make_agent(settings, self.installation, self.runlog, Stores(MemoryStore(), self.state))
        self.runlog.watch(self.agent.states)
        self.loaded = self._started = False
        self.on_changes: list[Callable[[Changes], Awaitable[None]]] = []
        self._openapi = OpenApi(settings.root_path)
        self._asyncapi: AsyncApi | None = None
        self.handler = self._make_handler(kind)
        self.agent.on_switch.append(self.handler.streams.refresh)
        self.follower = Follower(self.installation.database, self._take)
        self.presence = Presence(
            self.installation.database,
            self.agent,
            settings.node_name,
            kind,
            lambda: self.follower.cursor,
            serves="" if settings.folder is None else str(settings.folder),
            first=kind == "management" or not settings.management_port,
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._standing: set[asyncio.Task[object]] = set()

    def load(self) -> None:
        """Opens the run log and the database, and compiles everything. The flows answer when it is done.

        Raises:
            DatabaseError: the repository cannot be read. A folder is served without the database, too; what needs it
                waits until it can be used.
        """
        if not self._started:
            self.runlog.start()
            self._started = True
        try:
            self.installation.database.open()
        except DatabaseError as error:
            if self.settings.folder is None:
                raise
            log.warning("users, tokens, secrets and durable state are not there: %s", error)
        self.agent.load()
        for path in self.agent.idle_overrides:
            log.warning("connections: there is no connection %s, of which the file speaks", path)
        for sentence in self.agent.runtime.links.commands.missing:
            log.warning("commands: %s", sentence)
        self.loaded = True

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begins to follow changes. The loop may stand still."""
        if not self._tasks or self._tasks[0].get_loop() is not loop:
            following: list[Coroutine[Any, Any, None]] = [self.follower.run(), self.presence.run()]
            if self.settings.folder is not None and self.settings.dev:
                following.append(self.agent.follow(lambda changes: self.presence.changed()))
            self._tasks = [loop.create_task(_kept(each)) for each in following]
        loop.call_soon(self._begin)

    def cut_off(self) -> None:
        """Cancels what is in flight; the runs are recorded as cut off. Called on the running loop."""
        self.handler.stopping = True
        for task in asyncio.all_tasks() - self._standing:
            task.cancel()

    async def settle(self) -> None:
        """Flows do nothing by themselves any more; what goes on beside the requests, or without a caller that still
        waits, is waited for, then cut off."""
        self._standing.update(task for task in (asyncio.current_task(),) if task is not None)
        background = self.agent.runtime.background
        background.keep(())
        if not await self._ended(self.settings.grace):
            log.warning("%d runs whose callers have gone did not end in time and are cut off", self.handler.in_flight)
            self.cut_off()
            await self._ended(MARGIN)
        try:
            await within(self.settings.grace, background.settle())
        except DeadlineError:
            log.warning("%d runs beside the requests did not end in time and are cut off", background.running)
        await background.stop()
        await self.agent.runtime.links.close()

    async def _ended(self, seconds: float) -> bool:
        """Waits so long until no request is in flight; whether none is."""
        end = time.monotonic() + seconds
        while self.handler.in_flight and time.monotonic() < end:  # noqa: ASYNC110 -- nothing tells when the count is 0
            await asyncio.sleep(_LOOK)
        return not self.handler.in_flight

    async def stop(self) -> None:
        """Ends following and writes out the run log."""
        await self.settle()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """Writes out the run log, and gives everything back, where no loop runs any more."""
        self.state.stop()
        self.runlog.close()
        if self.follower.cursor is not None and not self.follower.trouble:
            self.presence.close()
        self.installation.close()

    async def _take(self, changes: Changes) -> None:
        """Takes in what changed in the database; raises what keeps it from that, and is then called again."""
        installation = self.installation
        for name in _names(changes, "identity"):
            installation.authenticator.forget(name)
        for name in _names(changes, "secrets"):
            installation.secrets.forget(name)
        secrets = changes.of("secrets")
        if self.settings.folder is None and changes.concern("registry", "sandbox", "secrets"):
            await self.agent.update(self.agent.source.snapshot, secrets=secrets)
        elif changes.concern("secrets"):
            await self.agent.update(lambda: self.agent.served, secrets=secrets)
        for call in self.on_changes:
            await call(changes)
        self.presence.changed()

    def _make_handler(self, kind: ProcessKind) -> HttpHandler:
        settings = self.settings
        return HttpHandler(
            self.agent,
            HttpSettings(
                root_path=settings.root_path,
                max_in_flight=settings.max_in_flight or sys.maxsize,
                max_streams=settings.max_streams,
                show_details=settings.dev,
                log_failures=True,
                limits=Limits(body=settings.max_body, room=Room(max(settings.max_bodies, settings.max_body))),
            ),
            {
                "/health/live": lambda request: Answer(200, JSON, b'{"status":"live"}'),
                "/health/ready": self._ready,
                "/services/openapi.json": self._openapi_document,
                "/services/asyncapi.json": self._asyncapi_document,
            },
            InstallationCallers(self.installation.authenticator, sessions=kind == "management"),
            replays=DatabaseReplays(self.installation.database),
            rates=_rates(settings),
            feeds=Feeds(self.agent.runtime.links.hub),
        )

    def _begin(self) -> None:
        self.agent.begin_duties()
        # Tasks there before the first request are the server's own.
        self._standing = set(asyncio.all_tasks())

    def _ready(self, request: HttpRequest) -> Answer:
        return Answer(200, JSON, b'{"status":"ready"}') if self.loaded else Answer(503, JSON, b'{"status":"starting"}')

    def _openapi_document(self, request: HttpRequest) -> Answer:
        agent = self.agent
        return Answer(200, JSON, self._openapi.json(agent.routes, agent.flows.values()))

    def _asyncapi_document(self, request: HttpRequest) -> Answer:
        if self._asyncapi is None:
            # Imported by the first who asks: it knows brokers, of which a process may have none.
            from airdock.server.asyncapi import AsyncApi

            self._asyncapi = AsyncApi(self.settings.root_path, details=self.settings.dev)
        # Connections and listeners are compiled with the routes, which are others whenever something took over.
        return Answer(200, JSON, self._asyncapi.json(self.agent.routes, self.agent.registry))


async def _kept(following: Coroutine[Any, Any, None]) -> None:
    try:
        await following
    except Exception:
        log.exception("changes are not followed any more")


def _names(changes: Changes, topic: str) -> list[str | None]:
    """What changed of a topic; None alone stands for anything."""
    names = changes.of(topic)
    return [None] if names is None else [*sorted(names)]


def _rates(settings: Settings) -> RateLimits:
    """Counts of calls, shared by the processes of the node; within this one where there is no home for them."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        return RateLimits(settings.home / RATES)
    except OSError as error:
        log.warning("calls are counted within each process: %s", error)
        return RateLimits()
