"""A folder of projects, read and compiled once for all of its tests."""

from collections.abc import Iterator
from typing import NamedTuple

from airdock.agent.agent import Agent
from airdock.agent.artefact import Artefact
from airdock.agent.content import Source
from airdock.agent.paths import project_of
from airdock.agent.scripts import ScriptLoader
from airdock.agent.unit import Unit
from airdock.plugins import catalogue
from airdock.spec.catalogue import Catalogue
from airdock.spec.flow import Flow
from airdock.spec.flow_test import FlowTest
from airdock.testing.runner.stand_in_source import StandInSource
from airdock.testing.threads import StandingPool
from airdock.triggers.http.protection.secrets import assumed


class CaseFile(NamedTuple):
    """A file of tests.

    Attributes:
        path: Its registry path. shown: The file as its author knows it. test: None where it has problems.
    """

    path: str
    shown: str
    test: FlowTest | None
    artefact: Artefact


class Bench:
    """What tests share: it never changes while they run.

    Attributes:
        agent: Has compiled everything; `space` is its registry.
    """

    def __init__(self, source: Source, steps: Catalogue | None = None) -> None:
        """Reads and compiles everything. `steps` are those that flows may have; the built-in ones if left out."""
        standing = StandInSource(source)
        self.agent = Agent(
            standing,
            steps or catalogue(),
            scripts=ScriptLoader(pool=StandingPool),
            read_secret=assumed,
        )
        self.agent.load()
        if standing.stand_in_for(self._mocked()):
            self.agent.load()
        self.space = self.agent.registry

    @property
    def files(self) -> list[CaseFile]:
        """The files of tests, in file order."""
        return [
            CaseFile(
                artefact.path,
                self.agent.shown(artefact.path),
                None if artefact.problems else self.space.units[artefact.path].model,
                artefact,
            )
            for artefact in self.agent.artefacts
            if artefact.kind == "test"
        ]

    @property
    def broken(self) -> list[Artefact]:
        """The descriptors that have problems and are no tests."""
        return [each for each in self.agent.artefacts if each.problems and each.kind != "test"]

    def flow(self, path: str) -> Unit | None:
        """The flow at a registry path; None where there is none that works."""
        unit = self.space.units.get(path)
        if unit is None or unit.kind != "flow" or unit.pipeline is None or unit.artefact.state != "enabled":
            return None
        return unit

    @property
    def flows(self) -> Iterator[Flow]:
        """The declarations of all flows that work, in file order."""
        for path in sorted(self.space.units):
            unit = self.flow(path)
            if unit is not None and unit.entry.stamp != "stand-in":
                yield unit.model

    def _mocked(self) -> Iterator[str]:
        """The flows and scripts of other projects that tests mock."""
        for path, unit in self.agent.registry.units.items():
            if isinstance(unit.model, FlowTest):
                for mock in unit.model.every_mock:
                    named = mock.flow or mock.script
                    if named and project_of(named) != project_of(path):
                        yield named
