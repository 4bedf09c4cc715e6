"""The agent: keeps the routes of a process in step with a folder."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from airdock.agent.artefact import Artefact, Change
from airdock.agent.hints import meant
from airdock.agent.routing import routes_of
from airdock.agent.scripts import ScriptLoader
from airdock.agent.source import SCRIPT_SUFFIXES, FolderSource, Found, project_of
from airdock.agent.unit import FlowLogs, Scripts, Unit
from airdock.agent.watch import FolderWatch
from airdock.descriptor.reader import Reader, kind_of
from airdock.engine.pipeline import FlowLog, Pipeline
from airdock.errors import Place, Problem
from airdock.exchange import Step
from airdock.spec.catalogue import Catalogue
from airdock.spec.descriptors import Project
from airdock.spec.flow import Flow
from airdock.triggers.http.routes import CurrentRoutes

log = logging.getLogger("airdock.agent")

ORDER = ("project", "access", "connection", "flow", "job", "listener")
"""In which order kinds are compiled: what others look at comes first."""


class Agent(CurrentRoutes):
    """Compiles a folder of descriptors and follows its changes.

    One per process. It is cheap to make and opens nothing; `load` does the work. Not safe for several threads.
    """

    def __init__(
        self, source: FolderSource, catalogue: Catalogue, *, scripts: ScriptLoader, runlog: FlowLogs | None = None
    ) -> None:
        super().__init__()
        self.reader = Reader(catalogue)
        self.source = source
        self._loader = scripts
        self.scripts: Scripts = scripts.generation(source.read)
        self._runlog = runlog
        self._units: dict[str, Unit] = {}
        self._files: dict[str, Found] = {}
        self._conflicts: dict[str, Problem] = {}

    def load(self) -> list[Change]:
        """Reads the folder and brings everything up to date; the changes since the last call, in file order."""
        before, now = self._files, self.source.scan()
        self._files = now
        changes: dict[str, Literal["added", "changed", "removed"]] = {}
        for path, found in now.items():
            if path not in before:
                changes[path] = "added"
            elif before[path].stamp != found.stamp or before[path].file != found.file:
                changes[path] = "changed"
        changes.update((path, "removed") for path in before if path not in now)
        stood = {path: unit.artefact for path, unit in self._units.items()}
        if changes or not before:
            self._apply(set(changes))
        own = [Change(path, what, self._artefact(path)) for path, what in sorted(changes.items())]
        by_script = any(path.endswith(SCRIPT_SUFFIXES) for path in changes)
        return own + [each for each in self._affected(stood, by_script) if each.path not in changes]

    @property
    def artefacts(self) -> list[Artefact]:
        """Every descriptor, in file order."""
        found = [self._units[path].artefact for path in sorted(self._units)]
        return [self._with_conflict(artefact) for artefact in found] + self._doubles() + self._refused()

    @property
    def flows(self) -> Mapping[str, Pipeline]:
        """The pipelines that answer, by registry path."""
        return {path: unit.pipeline for path, unit in sorted(self._units.items()) if unit.pipeline is not None}

    async def follow(self, on_change: Callable[[list[Change]], None] | None = None) -> None:
        """Follows the folder until it is cancelled. What changed is compiled in a thread, beside what runs."""
        async with FolderWatch(self.source) as watch:
            while True:
                # What changed between the last `load` and the watch, a first look finds.
                changes = await asyncio.to_thread(self._look)
                if changes and on_change is not None:
                    on_change(changes)
                await watch.wait()

    def _look(self) -> list[Change]:
        try:
            return self.load()
        except Exception:
            # A fault of ours; the next change may go better, and what runs goes on.
            log.exception("a change of %s cannot be taken in", self.source.root)
            return []

    def read(self, path: str) -> bytes | None:
        return self.source.read(path)

    def shown(self, path: str) -> str:
        return self.source.shown(path)

    def has_file(self, path: str) -> bool:
        return path in self._files

    def meant(self, path: str) -> str:
        return meant(path, self._files, self.source.root)

    def find_flow(self, path: str) -> Step | None:
        unit = self._units.get(path)
        return unit.pipeline.body if unit is not None and unit.pipeline is not None else None

    def project(self, name: str) -> Project:
        for file in ("project.json", "project.yaml", "project.yml"):
            unit = self._units.get(f"{name}/{file}")
            if unit is not None and unit.model is not None:
                model: Project = unit.model
                return model
        return Project()

    def flow_log(self, flow: Flow, project: str) -> FlowLog | None:
        return None if self._runlog is None else self._runlog.flow(flow.file, project, flow.log)

    def _apply(self, changed: set[str]) -> None:
        for path in [path for path in self._units if path not in self._files]:
            del self._units[path]
        if any(path.endswith(SCRIPT_SUFFIXES) for path in changed):
            self.scripts = self._loader.generation(self.source.read)
        descriptors = [found for found in self._files.values() if found.kind is not None]
        for found in sorted(descriptors, key=lambda found: ORDER.index(found.kind or "")):
            if self._concerned(found.path, changed):
                self._units.setdefault(found.path, Unit(found)).refresh(self, found)
        self._conflicts = {}
        self.routes = routes_of((self._units[path] for path in sorted(self._units)), self._conflicts)

    def _concerned(self, path: str, changed: set[str]) -> bool:
        """Whether a descriptor must be compiled anew: it changed, or what it depends on did, or it failed."""
        unit = self._units.get(path)
        if unit is None or path in changed or unit.artefact.state == "failed":
            return True
        if unit.uses_scripts and any(each.endswith(SCRIPT_SUFFIXES) for each in changed):
            return True
        if unit.kind == "flow" and any(
            kind_of(each) == "project" and project_of(each) == project_of(path) for each in changed
        ):
            return True
        return any(each in unit.flows and each not in self._files for each in changed)

    def _affected(self, stood: Mapping[str, Artefact], by_script: bool) -> list[Change]:
        """The descriptors that were compiled anew and now stand otherwise, or whose script fails, if one changed."""
        anew = [(path, unit.artefact) for path, unit in sorted(self._units.items()) if path in stood]
        return [
            Change(path, "affected", self._with_conflict(now))
            for path, now in anew
            if now is not stood[path] and (now.state != stood[path].state or (by_script and _script_fails(now)))
        ]

    def _artefact(self, path: str) -> Artefact | None:
        unit = self._units.get(path)
        return None if unit is None else self._with_conflict(unit.artefact)

    def _with_conflict(self, artefact: Artefact) -> Artefact:
        problem = self._conflicts.get(artefact.path)
        if problem is None:
            return artefact
        problems = (*artefact.problems, problem)
        return replace(artefact, state="failed", addresses=artefact.addresses[:1], problems=problems, serves=True)

    def _doubles(self) -> list[Artefact]:
        return [
            Artefact(path, kind_of(path) or "script", "failed", problems=(_double(path, files, self.source.root),))
            for path, files in self.source.doubles.items()
        ]

    def _refused(self) -> list[Artefact]:
        return [
            Artefact(path, kind_of(path) or "folder", "failed", problems=(_unreadable(path, reason),))
            for path, reason in self.source.refused.items()
        ]


def _script_fails(artefact: Artefact) -> bool:
    """Whether a script that the descriptor uses has a problem."""
    return any(problem.code == "descriptor.script" for problem in artefact.problems)


def _unreadable(path: str, reason: str) -> Problem:
    return Problem("descriptor.unreadable", f"{path} is passed over: {reason}", Place(path, 1, 1))


def _double(path: str, files: list[Path], root: Path) -> Problem:
    names = [file.relative_to(root).as_posix() for file in files]
    message = f"{' and '.join(names)} are one address, {path!r}"
    return Problem("descriptor.conflict", message, Place(names[-1], 1, 1), "remove or rename one")
