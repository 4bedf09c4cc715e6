"""The agent: keeps the routes of a process in step with a folder, or with the repository."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

from airdock.agent.artefact import Artefact, Change
from airdock.agent.content import NOTHING, Contents, Snapshot, Source
from airdock.agent.pace import Pace
from airdock.agent.paths import is_script
from airdock.agent.routing import routes_of
from airdock.agent.scripts import ScriptLoader
from airdock.agent.source import FolderSource
from airdock.agent.space import Space, Tools, next_space
from airdock.agent.unit import FlowLogs
from airdock.agent.watch import FolderWatch
from airdock.connectors.opened import Declared
from airdock.descriptor.overrides import Overrides
from airdock.descriptor.reader import Reader
from airdock.engine.pipeline import Pipeline
from airdock.engine.runtime import Runtime
from airdock.exchange import Step
from airdock.spec.catalogue import Catalogue
from airdock.triggers.activity import Activity, Model
from airdock.triggers.http.protection import ReadSecret
from airdock.triggers.http.protection.secrets import no_secrets
from airdock.triggers.http.routes import CurrentRoutes, Routes

log = logging.getLogger("airdock.agent")

Secrets = frozenset[str] | None
"""Names of secrets; None for any."""


class Prepared(NamedTuple):
    """What is compiled and waits to take over."""

    registry: Space
    sandboxes: Mapping[str, Space]
    routes: Routes
    sandbox_routes: Mapping[str, Routes]
    flows: Mapping[str, Step]
    connections: Mapping[str, Declared]


class Agent(CurrentRoutes):
    """Compiles descriptors and follows their changes.

    One per process. It is cheap to make and opens nothing; `load` does the work. What is new is compiled beside what
    runs (`prepare`), then takes over at once (`switch`). `prepare` is for one thread at a time, the rest for the thread
    that answers requests.

    Attributes:
        source: Where descriptors come from. registry: What is published. sandbox_spaces: Each user's sandbox.
        runtime: What flows use of the process. on_switch: Called whenever something took over.
    """

    def __init__(
        self,
        source: Source,
        catalogue: Catalogue,
        *,
        scripts: ScriptLoader,
        runlog: FlowLogs | None = None,
        read_secret: ReadSecret = no_secrets,
        runtime: Runtime | None = None,
        overrides: Overrides | None = None,
    ) -> None:
        """
        Args:
            source: Where descriptors come from. catalogue: Their steps. scripts: Loads their scripts.
            runlog: Where runs are recorded. read_secret: The value of a secret, or None.
            runtime: What flows use of the process; real time and state in memory if left out.
            overrides: What the installation says of connections.
        """
        super().__init__()
        self.source = source
        self.runtime = runtime or Runtime()
        reader = Reader(catalogue, overrides=overrides)
        self.tools = Tools(reader, scripts, runlog, read_secret, source.root_name, runtime=self.runtime)
        self.on_switch: list[Callable[[], None]] = []
        self._dutiful = False
        self._watched: Mapping[tuple[str, str], Callable[[], str]] = {}
        self.registry = Space(self.tools)
        self.sandbox_spaces: Mapping[str, Space] = NOTHING
        self._lock = asyncio.Lock()

    def load(self) -> list[Change]:
        """Brings everything up to date, in the calling thread; the changes of the registry, in file order."""
        changes = self.switch(self.prepare(self.source.snapshot()))
        self.source.settle()
        return changes

    @property
    def served(self) -> Snapshot:
        """What is served now."""
        sandboxes = {owner: space.files.contents for owner, space in self.sandbox_spaces.items()}
        return Snapshot(self.registry.files.contents, sandboxes)

    def prepare(
        self, snapshot: Snapshot, *, secrets: Secrets = frozenset(), pace: Pace | None = None
    ) -> Prepared | None:
        """Compiles what changed since the last switch, None for nothing. All is as before until the switch.

        Args:
            snapshot: What is to be served.
            secrets: Names of secrets that changed; None for any.
            pace: Of the work, beside requests.
        """

        def following(before: Space, contents: Contents, beneath: Space | None = None) -> Space:
            return next_space(before, contents, beneath, anew=before.with_secrets(secrets), pace=pace)

        registry = following(self.registry, snapshot.registry)
        sandboxes = {
            owner: following(self.sandbox_spaces.get(owner) or Space(self.tools, owner), contents, registry)
            for owner, contents in snapshot.sandboxes.items()
        }
        if registry is self.registry and _same(sandboxes, self.sandbox_spaces):
            return None
        spaces = (registry, *sandboxes.values())
        routes, *others = [routes_of(space.ordered, space.conflicts) for space in spaces]
        flows = {key: body for space in spaces for key, body in space.flows.items()}
        connections = {name: declared for space in spaces for name, declared in space.declared.items()}
        return Prepared(registry, sandboxes, routes, dict(zip(sandboxes, others, strict=True)), flows, connections)

    def switch(self, prepared: Prepared | None) -> list[Change]:
        """What was prepared takes over: requests from now on get it, runs in flight end as they began."""
        if prepared is None:
            return []
        before, self.registry, self.sandbox_spaces = self.registry, prepared.registry, prepared.sandboxes
        self.tools.presents.switch(prepared.flows, self._release)
        self.runtime.links.switch(prepared.connections)
        self.routes, self.sandboxes = prepared.routes, prepared.sandbox_routes
        spaces = (self.registry, *self.sandbox_spaces.values())
        self._watched = {key: state for space in spaces for key, state in space.states}
        if self._dutiful:
            self.begin_duties()
        for call in self.on_switch:
            call()
        return _changes(before, self.registry)

    def states(self) -> dict[tuple[str, str], str]:
        """By flow and step, the state of each step that has one. For any thread."""
        return {key: state() for key, state in self._watched.items()}

    def begin_duties(self) -> None:
        """Enabled flows do what they do by themselves, until `runtime.background` ends that. Called on the loop."""
        self._dutiful = True
        spaces = (self.registry, *self.sandbox_spaces.values())
        self.runtime.background.keep(duty for space in spaces for duty in space.duties)

    def activities(self, kind: type[Model]) -> list[Activity[Model]]:
        """The enabled jobs (`Job`), or listeners (`Listener`), of the registry and all sandboxes."""
        spaces = (self.registry, *self.sandbox_spaces.values())
        return [activity for space in spaces for activity in space.activities(kind)]

    async def update(self, snapshot: Callable[[], Snapshot], *, secrets: Secrets = frozenset()) -> list[Change]:
        """Reads and compiles in a thread beside the loop's requests, then switches.

        Raises whatever `snapshot` raises; then everything is as before.
        """
        async with self._lock:
            prepared = await asyncio.to_thread(lambda: self.prepare(snapshot(), secrets=secrets, pace=Pace()))
            self.source.settle()
            return self.switch(prepared)

    @property
    def artefacts(self) -> list[Artefact]:
        """Every descriptor of the registry, in file order."""
        return self.registry.artefacts

    @property
    def flows(self) -> Mapping[str, Pipeline]:
        """The pipelines of the registry that answer, by registry path."""
        flows = (unit for unit in self.registry.ordered if unit.kind == "flow")
        return {unit.path: unit.pipeline for unit in flows if unit.pipeline is not None}

    async def follow(self, on_change: Callable[[list[Change]], None] | None = None) -> None:
        """Follows the folder until it is cancelled. What changed is compiled in a thread, beside what runs."""
        async with FolderWatch(cast(FolderSource, self.source)) as watch:
            while True:
                # What changed between the last `load` and the watch, a first look finds.
                changes = await self._look()
                if changes and on_change is not None:
                    on_change(changes)
                await watch.wait()

    async def _look(self) -> list[Change]:
        try:
            return await self.update(self.source.snapshot)
        except Exception:
            # A fault of ours; the next change may go better, and what runs goes on.
            log.exception("a change of %s cannot be taken in", self.source.name)
            return []

    @property
    def idle_overrides(self) -> list[str]:
        """The connections that the installation says something of, and that are not in the registry."""
        return [path for path in self.tools.reader.overrides.paths if path not in self.registry.units]

    def shown(self, path: str) -> str:
        """A file of the registry as its author knows it."""
        return self.registry.files.shown(path)

    def _release(self, owner: str, project: str) -> int | None:
        space = self.sandbox_spaces.get(owner) if owner else self.registry
        return space.release(project) if space is not None else None


def _changes(before: Space, now: Space) -> list[Change]:
    """What a switch of the registry did, as its authors are told."""
    own = [Change(path, what, now.artefact(path)) for path, what in sorted(now.changes.items())]
    by_script = any(is_script(path) for path in now.changes)
    return own + [each for each in _affected(before, now, by_script) if each.path not in now.changes]


def _affected(before: Space, now: Space, by_script: bool) -> list[Change]:
    """The descriptors that were compiled anew and now stand otherwise, or whose script fails, if one changed."""
    found = []
    for path, unit in now.units.items():
        old = before.units.get(path)
        if old is None or old is unit:
            continue
        if unit.artefact.state != old.artefact.state or (by_script and _script_fails(unit.artefact)):
            found.append(Change(path, "affected", now.artefact(path)))
    return sorted(found, key=lambda change: change.path)


def _script_fails(artefact: Artefact) -> bool:
    """Whether a script that the descriptor uses has a problem."""
    return any(problem.code == "descriptor.script" for problem in artefact.problems)


def _same(some: Mapping[str, Space], others: Mapping[str, Space]) -> bool:
    return some.keys() == others.keys() and all(others[owner] is space for owner, space in some.items())
