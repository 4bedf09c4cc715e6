"""One test's own world: flows compiled for it alone, with a state, a clock and mocks of its own."""

from collections.abc import Iterator, Mapping

from airdock.agent.content import Files
from airdock.agent.unit import Scripts, Unit
from airdock.connectors.links import Links
from airdock.descriptor.reader import Reader
from airdock.engine.background import Duty
from airdock.engine.moment import Moment, Present
from airdock.engine.pipeline import FlowLog, Pipeline
from airdock.engine.runtime import Runtime
from airdock.exchange import Exchange, Step
from airdock.request import Request
from airdock.spec.connection import Connection
from airdock.spec.descriptors import Project
from airdock.spec.flow import Flow
from airdock.spec.flow_test import FlowTest
from airdock.spec.step import changed
from airdock.testing.mocks import Mocks
from airdock.testing.recording import Recording
from airdock.testing.runner.bench import Bench
from airdock.testing.runner.requests import TrialRequest
from airdock.testing.virtual import VirtualClock
from airdock.triggers.http.protection import protection_of
from airdock.triggers.http.protection.secrets import assumed
from airdock.triggers.http.routes import CurrentRoutes, Route, Routes


class Trial:
    """Compiles flows for one test when they are first called: what patterns keep in memory is so its own.

    Attributes:
        recording: The runs that ended. mocks: What stands in for what, and the calls.
    """

    owner = ""

    def __init__(self, bench: Bench, test: FlowTest, project: str, mocks: Mocks, clock: VirtualClock) -> None:
        """`project` is that of the test."""
        self.mocks = mocks
        self.recording = Recording()
        self.runtime = Runtime(clock=clock, advice=mocks, links=Links(clock, fakes=True))
        self.runtime.links.switch(bench.space.declared)
        self._bench = bench
        self._test = test
        self._project = project
        self._pipelines: dict[str, Pipeline] = {}
        self._duties: list[Duty] = []
        self._present = Present(Moment(None, _Flows(self)))

    def pipeline(self, path: str) -> Pipeline | None:
        """The flow at a registry path; None where there is none that works.

        Raises:
            DescriptorError: it cannot be compiled with these secrets and settings.
        """
        made = self._pipelines.get(path)
        if made is None and (unit := self._bench.flow(path)) is not None:
            made = self._pipelines[path] = unit.pipeline_of(unit.model, self)
            if made.duties:
                self._duties += made.duties
                self.runtime.background.keep(self._duties)
        return made

    def routes(self, paths: set[str]) -> CurrentRoutes:
        """The addresses of flows; raises what `pipeline` does."""
        return CurrentRoutes(Routes(route for path in sorted(paths) for route in self._routes(path)))

    def _routes(self, path: str) -> Iterator[Route]:
        unit, pipeline = self._bench.flow(path), self.pipeline(path)
        if unit is None or pipeline is None or unit.routes is None:
            return
        entrance, protection = Entrance(pipeline), protection_of(pipeline.flow, self.read_secret)
        for route in unit.routes[1]:
            yield Route(
                route.address,
                entrance,
                methods=route.methods,
                roles=route.roles,
                access=route.access,
                protection=protection,
            )

    @property
    def secrets(self) -> dict[str, str]:
        """The values that the test gives."""
        return self._test.secrets

    # What compiling asks (`airdock.agent.unit.Registry`).

    @property
    def reader(self) -> Reader:
        return self._bench.space.reader

    @property
    def files(self) -> Files:
        return self._bench.space.files

    def scripts(self, project: str) -> Scripts:
        return self._bench.space.scripts(project)

    def project(self, name: str) -> Project:
        project = self._bench.space.project(name)
        if name != self._project or not self._test.config:
            return project
        return changed(project, config={**project.config, **self._test.config})

    def present(self, project: str, pinned: int | None = None) -> Present:
        return self._present

    def read_secret(self, name: str) -> str | None:
        return self._test.secrets.get(name) or assumed(name)

    def meant(self, path: str) -> str:
        return self._bench.space.meant(path)

    def flow_key(self, path: str) -> str:
        return path

    def connection(self, path: str) -> Connection | None:
        return self._bench.space.connection(path)

    def flow_log(self, flow: Flow, project: str) -> FlowLog | None:
        return self.recording

    def known(self, path: object) -> bool:
        """Whether there is a flow at a registry path that works."""
        return isinstance(path, str) and self._bench.flow(path) is not None

    def works(self) -> Iterator[Unit]:
        """Every flow that works."""
        return (unit for path in self._bench.space.units if (unit := self._bench.flow(path)) is not None)


class Entrance:
    """A flow as requests come to it: the exchange begins with the properties of the message."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.name = pipeline.name
        self.run = pipeline.run
        self._pipeline = pipeline

    def exchange(self, request: Request) -> Exchange:
        exchange = self._pipeline.exchange(request)
        if isinstance(request, TrialRequest):
            exchange.properties.update(request.properties)
        return exchange


class _Flows(Mapping[str, Step]):
    """The bodies of all flows, each compiled when it is first called."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def __getitem__(self, key: str) -> Step:
        pipeline = self._trial.pipeline(key)
        if pipeline is None:
            raise KeyError(key)
        return pipeline.body

    def __contains__(self, key: object) -> bool:
        return self._trial.known(key)

    def __iter__(self) -> Iterator[str]:
        return (unit.path for unit in self._trial.works())

    def __len__(self) -> int:
        return sum(1 for _ in self)
