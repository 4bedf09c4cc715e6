"""One descriptor in the agent's hands: how it is read and compiled, and what it depends on."""

import logging
import time
from collections.abc import Callable, Collection
from typing import Any, Protocol

from airdock.agent.activities import flow_of
from airdock.agent.artefact import Artefact, State
from airdock.agent.content import Entry, Files
from airdock.agent.listening import ListenerSurroundings
from airdock.agent.paths import project_of
from airdock.agent.secrets import values_of
from airdock.agent.source import UnreadableFileError
from airdock.agent.templates import Templates
from airdock.codes import CODES
from airdock.compiler import compile_flow
from airdock.connectors.opened import Declared
from airdock.database import DatabaseError
from airdock.descriptor.reader import Reader
from airdock.engine.moment import Present
from airdock.engine.pipeline import FlowLog, Pipeline
from airdock.engine.runtime import Runtime
from airdock.errors import AirdockError, DescriptorError, Place, Problem
from airdock.exchange import Step
from airdock.spec.connection import Connection, files_in, secrets_in
from airdock.spec.descriptors import AccessRule, Listener, Project
from airdock.spec.flow import Flow
from airdock.spec.flow_test import FlowTest
from airdock.spec.step import ProducingStep
from airdock.triggers.http.locations import misplaced
from airdock.triggers.http.protection import UNPROTECTED, Protection, ReadSecret, protection_of
from airdock.triggers.http.protection.protection import secrets_of
from airdock.triggers.http.routes import Route

log = logging.getLogger("airdock.agent")

FLOW_ADDRESS = "/services/flow"


class Scripts(Protocol):
    """Loads the script modules of one project."""

    def load(self, language: str, module: str, function: str, step: ProducingStep) -> Step:
        """The script as a step; raises DescriptorError."""

    def read(self, path: str) -> bytes | None:
        """What a file beside the scripts holds; None when there is none."""


class FlowLogs(Protocol):
    """Where runs are recorded: the run log is one."""

    def flow(self, name: str, project: str, level: str) -> FlowLog:
        """The log of one flow; the same one again for the same name."""


class Registry(Protocol):
    """What a unit finds around it.

    Attributes:
        owner: Whose sandbox it is; empty for the registry.
    """

    @property
    def owner(self) -> str: ...
    @property
    def reader(self) -> Reader: ...
    @property
    def files(self) -> Files: ...
    @property
    def runtime(self) -> Runtime: ...

    def scripts(self, project: str) -> Scripts: ...
    def project(self, name: str) -> Project: ...
    def present(self, project: str, pinned: int | None = None) -> Present: ...
    def read_secret(self, name: str) -> str | None: ...
    def meant(self, path: str) -> str: ...
    def flow_key(self, path: str) -> str: ...
    def connection(self, path: str) -> Connection | None: ...
    def flow_log(self, flow: Flow, project: str) -> FlowLog | None: ...


class Unit:
    """A version of a descriptor, or the last good one in its place, and the artefact that tells how it stands.

    Attributes:
        entry: The file as it was read. owner: Whose sandbox it is in; empty for the registry.
        pipeline: The version that answers. rules: Those of an `.access` file. model: What was read.
        protection: What the pipeline asks of requests beside roles.
        names: Paths of flows and modules that it names. templates: Paths of step templates that it is made of.
        read: Paths of files that are read when it is used.
        connections: Paths of connections that it names. declared: What it declares, if it is a connection.
        uses_scripts: Whether a script may concern it.
        secrets: Names of secrets that it reads. routes: What it answers at, and what these were made by.
        pinned: The release that the pipeline is of, where it is not that of the project.
    """

    __slots__ = (
        "artefact", "connections", "declared", "entry", "kind", "model", "names", "owner", "pinned", "pipeline",
        "protection", "read", "routes", "rules", "secrets", "templates", "uses_scripts",
    )  # fmt: skip

    def __init__(self, entry: Entry, owner: str = "", before: "Unit | None" = None) -> None:
        """`before` is the version that goes on when this one cannot be used."""
        self.entry = entry
        self.kind = entry.kind or ""
        self.owner = owner
        self.pipeline: Pipeline | None = before.pipeline if before else None
        self.rules: list[AccessRule] = before.rules if before else []
        self.model: Any = before.model if before else None
        self.pinned: int | None = before.pinned if before else None
        self.protection: Protection = before.protection if before else UNPROTECTED
        self.names: Collection[str] = ()
        self.templates: set[str] = set()
        self.connections: set[str] = set()
        self.read: frozenset[str] = frozenset()
        self.declared: Declared | None = before.declared if before else None
        self.secrets: frozenset[str] = frozenset()
        self.uses_scripts = False
        self.routes: tuple[object, tuple[Route, ...]] | None = None
        self.artefact = Artefact(entry.path, self.kind, "failed")

    @property
    def path(self) -> str:
        return self.entry.path

    @property
    def project(self) -> str:
        return project_of(self.entry.path)

    @property
    def name(self) -> str:
        """The unit's name among those of all spaces; that of its runs."""
        return unit_name(self.owner, self.entry.path)

    def compile(self, registry: Registry, release: int | None = None) -> None:
        """Reads and compiles the file. A version that cannot be used never replaces one that works.

        Args:
            registry: What is around it.
            release: The release that the version before was of.
        """
        before = self.pipeline
        try:
            self._use(registry)
        except DescriptorError as error:
            self._keep(before, registry, release)
            self._note("failed", tuple(error.problems))
        except DatabaseError:
            # Of a secret: what is there can be told when the database is back.
            raise
        except Exception:
            # A fault of ours, in one file: the others are not to suffer.
            log.exception("%s cannot be compiled", self.name)
            place = Place(registry.files.shown(self.path), 1, 1)
            self._keep(before, registry, release)
            self._note("failed", (Problem("internal", CODES["internal"].meaning, place),))
        else:
            self.pinned = None
            self._note("enabled" if self.pipeline is not None else "valid", ())

    def _use(self, registry: Registry) -> None:
        shown = registry.files.shown(self.path)
        try:
            content = registry.files.read(self.path)
        except UnreadableFileError as error:
            raise DescriptorError([Problem(error.code, str(error), Place(shown, 1, 1))]) from error
        self.templates, self.connections = set(), set()
        templates = Templates(registry.files.read, registry.files.shown, registry.meant, self._note_template)
        model = registry.reader.read(self.kind, content or b"", shown, templates, self.path)
        if self.kind == "flow":
            self._compile(model, registry)
        elif self.kind == "access":
            if problems := misplaced(model, self.project):
                raise DescriptorError(problems)
            self.rules = model
        elif self.kind == "connection":
            self.secrets = frozenset(secret.secret for secret in secrets_in(model))
            self.read = frozenset(files_in(model))
            self.declared = Declared(model, values_of(model, registry.read_secret), self._reading(registry))
        elif self.kind in ("job", "listener"):
            self._check_module(model, registry)
            if isinstance(model, Listener):
                # It connects nothing, and tells what it names and is not there.
                model.params.source(ListenerSurroundings(self.name, registry.runtime, _Around(self, registry)))
            self.pipeline = self.pipeline_of(flow_of(model), registry)
        elif self.kind == "test":
            self._check_tested(model, registry)
        self.model = model

    def _compile(self, flow: Flow, registry: Registry) -> None:
        flow.file = self.name
        self.secrets = secrets_of(flow)
        pipeline = self.pipeline_of(flow, registry)
        self.protection = protection_of(flow, _told(registry.read_secret, flow))
        self.pipeline = pipeline

    def pipeline_of(self, flow: Flow, registry: Registry) -> Pipeline:
        """A declaration of it, compiled; raises DescriptorError."""
        flow.file = self.name
        project = self.project
        settings = registry.project(project)
        return compile_flow(
            flow,
            project,
            _Around(self, registry),
            log=registry.flow_log(flow, project),
            config=settings.config,
            project_handlers=settings.on_error,
            runtime=registry.runtime,
            present=registry.present(project),
        )

    def _note_template(self, path: str) -> None:
        self.templates.add(path)
        self.names = {*self.names, path}

    def _reading(self, registry: Registry) -> Callable[[str], bytes | None]:
        def read(path: str) -> bytes | None:
            # Another thread may look at what is there.
            self.read |= {path}
            return registry.scripts(self.project).read(path)

        return read

    def _check_module(self, model: Any, registry: Registry) -> None:
        if not model.module:
            return
        self.names = {*self.names, model.module}
        if model.module not in registry.files:
            message, place = f"there is no {model.module!r}", model.place_of("module")
            raise DescriptorError([Problem("descriptor.reference", message, place, registry.meant(model.module))])

    def _check_tested(self, test: FlowTest, registry: Registry) -> None:
        """What a test names of its own project must be there; what it mocks of others need not."""
        named = [(test.tested(self.path), test.place_of("flow"), "test")]
        for case in test.cases:
            named += [(each.flow, each.place_of("flow"), "test") for each in case.messages if each.flow]
        for mock in test.every_mock:
            path, place = mock.flow or mock.script, mock.place_of("flow" if mock.flow else "script")
            if path and project_of(path) == self.project:
                named.append((path, place, "mock"))
        self.names = {path for path, *_ in named}
        problems = [
            Problem("descriptor.reference", f"there is no {path!r} to {what}", place, registry.meant(path))
            for path, place, what in named
            if path not in registry.files
        ]
        if problems:
            raise DescriptorError(problems)

    def _keep(self, before: Pipeline | None, registry: Registry, release: int | None) -> None:
        """The version before goes on, as what it is: its runs do not name the release that failed."""
        if before is not None and self.pinned is None and release is not None:
            self.pinned = release
            before = before.within(registry.present(self.project, release))
        self.pipeline = before

    def _note(self, state: State, problems: tuple[Problem, ...]) -> None:
        methods = tuple(self.pipeline.flow.served_methods) if self.pipeline is not None else ()
        # Without its secret a flow is closed, though a version of it worked before.
        serves = self.pipeline is not None and not any(each.code == "descriptor.secret" for each in problems)
        upgrades = self.pipeline is not None and self.pipeline.flow.websocket is not None
        self.artefact = Artefact(
            self.path, self.kind, state, self.addresses(), problems, time.time(), serves, methods, upgrades=upgrades
        )

    def addresses(self) -> tuple[str, ...]:
        """Where the flow answers: its file's address, then that of its own `path`; in a sandbox, as published."""
        if self.kind != "flow":
            return ()
        own = self.pipeline.flow.path if self.pipeline is not None else ""
        project = self.project
        base = f"{FLOW_ADDRESS}/{project}" if project else FLOW_ADDRESS
        return (f"{FLOW_ADDRESS}/{self.path}", *([base + own] if own else []))


def unit_name(owner: str, path: str) -> str:
    """The name of a descriptor among those of all spaces; no project's name begins with `~`."""
    return f"~{owner}/{path}" if owner else path


def _told(read: ReadSecret, flow: Flow) -> ReadSecret:
    """Reads secrets; one that cannot be read is a problem of the flow that names it."""

    def told(name: str) -> str | None:
        try:
            return read(name)
        except (DescriptorError, DatabaseError):
            raise
        except AirdockError as error:
            raise DescriptorError([Problem("descriptor.secret", str(error), flow.place)]) from error

    return told


class _Around:
    """The surroundings of one flow's compilation; notes what the flow depends on."""

    def __init__(self, unit: Unit, registry: Registry) -> None:
        self._unit = unit
        self._registry = registry

    def has_flow(self, path: str) -> bool:
        self._unit.names = {*self._unit.names, path}
        return path in self._registry.files

    def flow_key(self, path: str) -> str:
        return self._registry.flow_key(path)

    def meant(self, path: str) -> str:
        return self._registry.meant(path)

    def connection(self, path: str) -> Connection | None:
        self._unit.names = {*self._unit.names, path}
        self._unit.connections.add(path)
        return self._registry.connection(path)

    def file(self, path: str) -> bytes | None:
        self._unit.uses_scripts = True
        try:
            return self._registry.scripts(self._unit.project).read(path)
        except UnreadableFileError as error:
            place = Place(self._registry.files.shown(path), 1, 1)
            raise DescriptorError([Problem(error.code, str(error), place)]) from error

    def script(self, language: str, module: str, function: str, step: ProducingStep) -> Step:
        self._unit.uses_scripts = True
        try:
            return self._registry.scripts(self._unit.project).load(language, module, function, step)
        except DescriptorError as error:
            raise DescriptorError([self._with_hint(problem, module) for problem in error.problems]) from error

    def _with_hint(self, problem: Problem, module: str) -> Problem:
        if problem.code != "descriptor.reference" or problem.hint:
            return problem
        return Problem(problem.code, problem.message, problem.place, self.meant(module.lstrip("/")))
