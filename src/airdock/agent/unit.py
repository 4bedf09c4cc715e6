"""One descriptor in the agent's hands: how it is read and compiled, and what it depends on."""

import logging
import time
from typing import Any, Protocol

from airdock.agent.artefact import Artefact, State
from airdock.agent.source import Found, UnreadableFileError, project_of
from airdock.codes import CODES
from airdock.compiler import compile_flow
from airdock.descriptor.reader import Reader
from airdock.engine.pipeline import FlowLog, Pipeline
from airdock.errors import DescriptorError, Place, Problem
from airdock.exchange import Step
from airdock.spec.descriptors import AccessRule, Project
from airdock.spec.flow import Flow
from airdock.spec.step import ProducingStep

log = logging.getLogger("airdock.agent")

FLOW_ADDRESS = "/services/flow"


class Scripts(Protocol):
    """Loads the script modules of one state of the registry."""

    def load(self, language: str, module: str, function: str, step: ProducingStep) -> Step:
        """The script as a step; raises DescriptorError."""


class FlowLogs(Protocol):
    """Where runs are recorded: the run log is one."""

    def flow(self, name: str, project: str, level: str) -> FlowLog:
        """The log of one flow; the same one again for the same name."""


class Registry(Protocol):
    """What a unit finds around it."""

    reader: Reader
    scripts: Scripts

    def read(self, path: str) -> bytes | None: ...
    def shown(self, path: str) -> str: ...
    def has_file(self, path: str) -> bool: ...
    def meant(self, path: str) -> str: ...
    def find_flow(self, path: str) -> Step | None: ...
    def project(self, name: str) -> Project: ...
    def flow_log(self, flow: Flow, project: str) -> FlowLog | None: ...


class Unit:
    """A descriptor, its last good model and pipeline, and the artefact that tells how it stands.

    Attributes:
        found: The file as it was read. pipeline: The version that answers. rules: Those of an `.access` file.
        flows: Paths of flows that it names. uses_scripts: Whether a change of a script concerns it.
    """

    def __init__(self, found: Found) -> None:
        self.kind = found.kind or ""
        self.found = found
        self.pipeline: Pipeline | None = None
        self.rules: list[AccessRule] = []
        self.model: Any = None
        self.flows: set[str] = set()
        self.uses_scripts = False
        self.artefact = Artefact(found.path, self.kind, "failed")

    @property
    def path(self) -> str:
        return self.found.path

    def refresh(self, registry: Registry, found: Found) -> None:
        """Reads and compiles the file as it is now. A version that cannot be used never replaces one that works."""
        self.found = found
        self.flows, self.uses_scripts = set(), False
        try:
            self._use(registry)
        except DescriptorError as error:
            self._note("failed", tuple(error.problems))
        except Exception:
            # A fault of ours, in one file: the others are not to suffer.
            log.exception("%s cannot be compiled", self.path)
            place = Place(registry.shown(self.path), 1, 1)
            self._note("failed", (Problem("internal", CODES["internal"].meaning, place),))
        else:
            self._note("enabled" if self.kind == "flow" else "valid", ())

    def _use(self, registry: Registry) -> None:
        shown = registry.shown(self.path)
        try:
            content = registry.read(self.path)
        except UnreadableFileError as error:
            raise DescriptorError([Problem(error.code, str(error), Place(shown, 1, 1))]) from error
        model = registry.reader.read(self.kind, content or b"", shown)
        if self.kind == "flow":
            self.pipeline = self._compile(model, registry)
        elif self.kind == "access":
            self.rules = model
        elif self.kind in ("job", "listener"):
            self._check_module(model, registry)
        self.model = model

    def _compile(self, flow: Flow, registry: Registry) -> Pipeline:
        flow.file = self.path
        project = project_of(self.path)
        settings = registry.project(project)
        return compile_flow(
            flow,
            project,
            _Around(self, registry),
            log=registry.flow_log(flow, project),
            config=settings.config,
            project_handlers=settings.on_error,
        )

    def _check_module(self, model: Any, registry: Registry) -> None:
        if model.module and not registry.has_file(model.module):
            message, place = f"there is no {model.module!r}", model.place_of("module")
            raise DescriptorError([Problem("descriptor.reference", message, place, registry.meant(model.module))])

    def _note(self, state: State, problems: tuple[Problem, ...]) -> None:
        methods = tuple(self.pipeline.flow.methods or ()) if self.pipeline is not None else ()
        serves = self.pipeline is not None
        self.artefact = Artefact(self.path, self.kind, state, self.addresses(), problems, time.time(), serves, methods)

    def addresses(self) -> tuple[str, ...]:
        """Where the flow answers: its file's address, then that of its own `path`."""
        if self.kind != "flow":
            return ()
        own = self.pipeline.flow.path if self.pipeline is not None else ""
        project = project_of(self.path)
        base = f"{FLOW_ADDRESS}/{project}" if project else FLOW_ADDRESS
        return (f"{FLOW_ADDRESS}/{self.path}", *([base + own] if own else []))


class _Around:
    """The surroundings of one flow's compilation; notes what the flow depends on."""

    def __init__(self, unit: Unit, registry: Registry) -> None:
        self._unit = unit
        self._registry = registry

    def has_flow(self, path: str) -> bool:
        self._unit.flows.add(path)
        return self._registry.has_file(path)

    def find_flow(self, path: str) -> Step | None:
        return self._registry.find_flow(path)

    def meant(self, path: str) -> str:
        return self._registry.meant(path)

    def script(self, language: str, module: str, function: str, step: ProducingStep) -> Step:
        self._unit.uses_scripts = True
        try:
            return self._registry.scripts.load(language, module, function, step)
        except DescriptorError as error:
            raise DescriptorError([self._with_hint(problem, module) for problem in error.problems]) from error

    def _with_hint(self, problem: Problem, module: str) -> Problem:
        if problem.code != "descriptor.reference" or problem.hint:
            return problem
        return Problem(problem.code, problem.message, problem.place, self.meant(module.lstrip("/")))
