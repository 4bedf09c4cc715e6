"""The registry, or one user's sandbox over it, compiled: a value that the next one replaces when something changed."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from airdock.agent.artefact import Artefact
from airdock.agent.content import NOTHING, Content, Contents, Difference, Files, changed_files, margins
from airdock.agent.hints import meant
from airdock.agent.pace import Pace
from airdock.agent.paths import is_script, project_of
from airdock.agent.presents import Presents
from airdock.agent.scripts import ScriptGeneration, ScriptLoader
from airdock.agent.unit import FlowLogs, Unit, unit_name
from airdock.connectors.hub.messaging import Messaging
from airdock.connectors.opened import Declared
from airdock.descriptor.reader import Reader, kind_of
from airdock.engine.background import Duty
from airdock.engine.moment import Present
from airdock.engine.pipeline import FlowLog
from airdock.engine.runtime import Runtime
from airdock.errors import Place, Problem
from airdock.exchange import Step
from airdock.spec.connection import Connection
from airdock.spec.descriptors import Project
from airdock.spec.flow import Flow
from airdock.triggers.activity import Activity, Model
from airdock.triggers.http.protection import ReadSecret
from airdock.triggers.http.protection.secrets import no_secrets

ORDER = ("project", "access", "connection", "template", "flow", "job", "listener", "test")
"""In which order kinds are compiled: what others look at comes first."""
_PROJECT_FILES = ("project.json", "project.yaml", "project.yml")


@dataclass(frozen=True, slots=True)
class Tools:
    """What compiling needs, the same for all spaces.

    Attributes:
        reader: Reads descriptors. loader: Loads scripts. runlog: Records runs; None for nothing.
        read_secret: The value of a secret, or None. presents: What runs take along.
        root: The name of the folder that is the registry; empty when it is none.
        runtime: What flows use of the process.
    """

    reader: Reader
    loader: ScriptLoader
    runlog: FlowLogs | None = None
    read_secret: ReadSecret = no_secrets
    root: str = ""
    presents: Presents = field(default_factory=Presents)
    runtime: Runtime = field(default_factory=Runtime)


class Space:
    """The descriptors of the registry, or of one user's sandbox, as they are compiled from one state of their files.

    Attributes:
        owner: Whose sandbox it is; empty for the registry.
        files: Its files, over those of the registry. units: Its descriptors, by registry path.
        beneath_files, beneath_connections: Those of the registry beneath a sandbox.
        changes: How its files differ from those of the space that it replaces.
        conflicts: The problem of each flow whose address another one has, by registry path.
    """

    def __init__(
        self, tools: Tools, owner: str = "", contents: Contents = NOTHING, beneath: "Space | None" = None
    ) -> None:
        """A space of which nothing is compiled."""
        self.tools = tools
        self.owner = owner
        self.beneath_files: Files | None = beneath.files if beneath is not None else None
        self.files: Files = Files(contents, self.beneath_files)
        self.beneath_connections: Mapping[str, Connection] = beneath.connections if beneath is not None else NOTHING
        self.units: dict[str, Unit] = {}
        self.changes: Mapping[str, Difference] = NOTHING
        self.conflicts: dict[str, Problem] = {}
        self.generations: dict[str, ScriptGeneration] = {}

    @property
    def reader(self) -> Reader:
        return self.tools.reader

    @property
    def ordered(self) -> Iterator[Unit]:
        """The descriptors, in file order."""
        return (self.units[path] for path in sorted(self.units))

    def artefact(self, path: str) -> Artefact | None:
        """How a descriptor stands; None when there is none."""
        unit = self.units.get(path)
        return None if unit is None else self._artefact_of(unit)

    @property
    def artefacts(self) -> list[Artefact]:
        """Every descriptor in file order, then what is passed over."""
        found = [self._artefact_of(unit) for unit in self.ordered]
        for content in self.files.contents.values():
            found += _passed_over(content)
        return found

    def artefacts_of(self, project: str) -> list[Artefact]:
        """Those of one project."""
        found = [self._artefact_of(unit) for unit in self.ordered if unit.project == project]
        content = self.files.contents.get(project)
        return found if content is None else [*found, *_passed_over(content)]

    @property
    def flows(self) -> dict[str, Step]:
        """The bodies of the flows that answer, by the key that callers have."""
        flows = (unit for unit in self.units.values() if unit.kind == "flow")
        return {unit.name: unit.pipeline.body for unit in flows if unit.pipeline is not None}

    def activities(self, kind: type[Model]) -> Iterator[Activity[Model]]:
        """Its jobs, or its listeners, in file order."""
        for unit in self.ordered:
            if isinstance(unit.model, kind) and unit.pipeline is not None:
                yield Activity(unit.name, unit.model, unit.pipeline, self.owner)

    @property
    def declared(self) -> dict[str, Declared]:
        """Its connections, by the name that what uses them has."""
        return {unit.name: unit.declared for unit in self.units.values() if unit.declared is not None}

    @property
    def connections(self) -> dict[str, Connection]:
        """Its connections, by registry path."""
        units = self.units.values()
        return {unit.path: unit.declared.connection for unit in units if unit.declared is not None}

    def connection(self, path: str) -> Connection | None:
        """The connection that stands at a path, in a sandbox perhaps that of the registry beneath."""
        unit = self.units.get(path)
        if unit is not None:
            return None if unit.declared is None else unit.declared.connection
        return self.beneath_connections.get(path)

    def release(self, project: str) -> int | None:
        """The release of a project that is in force."""
        content = self.files.contents.get(project)
        return content.release if content is not None else None

    def with_secrets(self, names: frozenset[str] | None) -> list[str]:
        """The paths of descriptors that name one of these secrets; None for any."""
        if names is not None and not names:
            return []
        return [unit.path for unit in self.units.values() if (unit.secrets if names is None else unit.secrets & names)]

    @property
    def runtime(self) -> Runtime:
        return self.tools.runtime

    @property
    def duties(self) -> Iterator[Duty]:
        """What its flows do by themselves."""
        return (duty for unit in self.ordered if unit.pipeline is not None for duty in unit.pipeline.duties)

    @property
    def states(self) -> Iterator[tuple[tuple[str, str], Callable[[], str]]]:
        """By flow and step, what tells the state of a step."""
        for pipeline in (unit.pipeline for unit in self.ordered if unit.pipeline is not None):
            yield from (((pipeline.name, step), state) for step, state in pipeline.states.items())

    def read_secret(self, name: str) -> str | None:
        return self.tools.read_secret(name)

    def scripts(self, project: str) -> ScriptGeneration:
        generation = self.generations.get(project)
        if generation is None:
            host = Messaging(self.runtime.links.hub, self.owner)
            generation = self.generations[project] = self.tools.loader.generation(self.files.read, host)
        return generation

    def project(self, name: str) -> Project:
        for file in _PROJECT_FILES:
            unit = self.units.get(f"{name}/{file}")
            if unit is not None and unit.model is not None:
                model: Project = unit.model
                return model
        return Project()

    def present(self, project: str, pinned: int | None = None) -> Present:
        return self.tools.presents.of(self.owner, project, pinned)

    def meant(self, path: str) -> str:
        return meant(path, self.files, self.tools.root)

    def flow_key(self, path: str) -> str:
        return unit_name(self.owner, path) if self.files.is_own(path) else path

    def flow_log(self, flow: Flow, project: str) -> FlowLog | None:
        return None if self.tools.runlog is None else self.tools.runlog.flow(flow.file, project, flow.log)

    def _artefact_of(self, unit: Unit) -> Artefact:
        artefact, problem = unit.artefact, self.conflicts.get(unit.path)
        release = unit.pinned if unit.pinned is not None else self.release(unit.project)
        if problem is not None:
            problems = (*artefact.problems, problem)
            artefact = replace(
                artefact, state="failed", addresses=artefact.addresses[:1], problems=problems, serves=True
            )
        return artefact if release is None else replace(artefact, release=release)


def next_space(
    before: Space,
    contents: Contents,
    beneath: Space | None = None,
    *,
    anew: Collection[str] = (),
    apart: Tools | None = None,
    pace: Pace | None = None,
) -> Space:
    """The space that replaces another one; only what changed, and what depends on that, is compiled.

    It is the same one when nothing differs.

    Args:
        before: What is replaced; it goes on as it is.
        contents: The files that it is to have.
        beneath: The registry beneath a sandbox; the one beneath `before` is the one that it replaces, or the same.
        anew: Paths of descriptors to compile though their files are the same.
        apart: Tools of its own for one that is only looked at: it shares no scripts with the one before.
        pace: Of the work, beside requests; as fast as possible if left out.
    """
    made = Space(apart or before.tools, before.owner, contents, beneath)
    made.changes = changed_files(before.files.contents, contents)
    differences = Differences(before, made, beneath)
    if not (differences or anew or before.beneath_files is not made.beneath_files):
        return before
    if apart is None:
        made.generations = differences.kept_generations()
        for generation in made.generations.values():
            generation.modules.advance(made.files.read)
    _compile(before, made, differences, anew, pace)
    return made


class Differences:
    """What lies between two versions of a space, as its units are concerned by it."""

    def __init__(self, before: Space, now: Space, beneath: Space | None) -> None:
        self._before = before
        self._files = now.changes
        if beneath is not None and beneath.files is not before.beneath_files:
            self._files = {**beneath.changes, **now.changes}
        contents, earlier = now.files.contents, before.files.contents
        self._margins = margins(contents) != margins(earlier)
        # In a sandbox a project that comes hides the one of the registry, with all its files.
        self._projects = earlier.keys() ^ contents.keys()
        self._scripts = [path for path in self._files if is_script(path)]
        self._renewed = {
            project
            for project, generation in before.generations.items()
            if project in self._projects or self._concerns(project, generation)
        }
        self._settings = {project_of(path) for path in now.changes if kind_of(path) == "project"}

    def __bool__(self) -> bool:
        return bool(self._files or self._projects or self._margins)

    def kept_generations(self) -> dict[str, ScriptGeneration]:
        """The scripts that go on as they are."""
        generations = self._before.generations.items()
        return {project: generation for project, generation in generations if project not in self._renewed}

    def concern(self, unit: Unit) -> bool:
        """Whether a unit whose own file is the same must be compiled anew."""
        if unit.uses_scripts and unit.project in self._renewed:
            return True
        if self._settings and unit.kind == "flow" and unit.project in self._settings:
            return True
        if any(path in self._files for path in (*unit.templates, *unit.connections, *unit.read)):
            return True
        if unit.artefact.state == "failed" and (unit.uses_scripts or unit.names):
            return True
        return any(self._files.get(path) in ("added", "removed") or self._came(path) for path in unit.names)

    def _concerns(self, project: str, generation: ScriptGeneration) -> bool:
        """All scripts of a project change together, also those that a run only asks for later."""
        own = any(project_of(path) == project for path in self._scripts)
        return (
            own or (bool(self._projects) and self._before.owner != "") or generation.modules.depends_on(self._scripts)
        )

    def _came(self, path: str) -> bool:
        return bool(self._projects) and project_of(path) in self._projects


def _compile(before: Space, made: Space, differences: Differences, anew: Collection[str], pace: Pace | None) -> None:
    waiting: list[Unit] = []
    for content in made.files.contents.values():
        for path, entry in content.files.items():
            if entry.kind is None:
                continue
            old = before.units.get(path)
            if old is None or path in made.changes or path in anew or (differences and differences.concern(old)):
                waiting.append(Unit(entry, made.owner, old))
            else:
                made.units[path] = old
    # What is not compiled yet stands as it was, for those that look at it.
    for unit in sorted(waiting, key=lambda unit: ORDER.index(unit.kind)):
        made.units[unit.path] = unit
        unit.compile(made, before.release(unit.project))
        if pace is not None:
            pace.step()


def _passed_over(content: Content) -> Iterator[Artefact]:
    for path, names in content.doubles.items():
        message = f"{' and '.join(names)} are one address, {path!r}"
        problem = Problem("descriptor.conflict", message, Place(names[-1], 1, 1), "remove or rename one")
        yield Artefact(path, kind_of(path) or "script", "failed", problems=(problem,), release=content.release)
    for path, reason in content.refused.items():
        problem = Problem("descriptor.unreadable", f"{path} is passed over: {reason}", Place(path, 1, 1))
        yield Artefact(path, kind_of(path) or "folder", "failed", problems=(problem,), release=content.release)
