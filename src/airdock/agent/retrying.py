"""Retrying failed runs: a new run goes on from the step that failed, on a version of the flow that is at hand."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import msgspec

from airdock.agent.agent import Agent
from airdock.agent.content import Content
from airdock.agent.paths import project_of
from airdock.agent.presents import Presents
from airdock.agent.space import Space, next_space
from airdock.agent.unit import FlowLogs, Unit
from airdock.engine.moment import Moment, Present
from airdock.engine.pipeline import FlowLog, Pipeline
from airdock.engine.resume import resume, resume_part
from airdock.errors import DescriptorError, FlowError, RefusedError
from airdock.exchange import Step
from airdock.runlog import Snapshot
from airdock.triggers.http.answer import Answer, make_answer
from airdock.triggers.http.problems import problem_answer

Version = Literal["same", "current"]
ReadRelease = Callable[[str, int], Content | None]
"""A project in one of its releases, None when there is none; may raise what the repository raises."""


class Retried(msgspec.Struct, frozen=True):
    """A run that went on with one that had failed.

    Attributes:
        run: Its id. attempt: 2 for the first retry. retry_of: Id of the first run.
        answer: What the caller of the first run would have got. error: What ended it, None when it ended well.
    """

    run: str
    attempt: int
    retry_of: str
    answer: Answer
    error: FlowError | None = None


class Retrier:
    """Retries runs in the process of an agent.

    Args:
        agent: Has what is published and activated now.
        read_release: Gives earlier releases; None where there are none, as of a folder.
    """

    def __init__(self, agent: Agent, read_release: ReadRelease | None = None) -> None:
        self._agent = agent
        self._read_release = read_release

    async def retry(self, snapshot: Snapshot, version: Version = "current") -> Retried:
        """Runs what was left of a run, and waits for its end. It is a run of its own in the run log.

        Args:
            snapshot: Of the run that failed, from `RunStore.snapshot`.
            version: `same`: the release that the run was of; other projects' flows that it calls are the current ones.

        Raises:
            RefusedError: `run.notRetriable`: the version is not there, or the failed step is not in it.
        """
        owner, path = _owner_and_path(snapshot.flow)
        space = self._agent.sandbox_spaces.get(owner) if owner else self._agent.registry
        if space is None:
            raise _refused(f"nothing is activated in the sandbox of {owner}")
        pipeline = await self._pipeline(space, path, snapshot, version)
        exchange = pipeline.exchange(snapshot.kept_request())
        run = exchange.run
        run.attempt, run.retry_of = snapshot.attempt + 1, snapshot.first or snapshot.run
        run.parent, run.step = snapshot.parent, snapshot.step
        snapshot.restore(exchange)
        try:
            pending = pipeline.run(exchange, make_answer)
            if pending is not None:
                await pending
        except FlowError as error:
            return Retried(run.id, run.attempt, run.retry_of, problem_answer(error, run.id), error)
        return Retried(run.id, run.attempt, run.retry_of, exchange.answer)

    async def _pipeline(self, space: Space, path: str, snapshot: Snapshot, version: Version) -> Pipeline:
        project = project_of(path)
        if version == "current" or (snapshot.release or 0) == space.release(project):
            return _Spaces(space, self._agent.registry).rest(path, snapshot.steps, snapshot.step)
        if snapshot.release is None or self._read_release is None:
            raise _refused(f"of {path} only the current version is there: what it ran on is no release")
        content = await asyncio.to_thread(self._read_release, project, snapshot.release)
        if content is None:
            raise _refused(f"{project} has no release {snapshot.release} any more")
        earlier = await asyncio.to_thread(with_release, space, project, content)
        pipeline = _Spaces(earlier, earlier).rest(path, snapshot.steps, snapshot.step)
        return pipeline.within(Present(Moment(snapshot.release, earlier.flows)))


def with_release(space: Space, project: str, content: Content) -> Space:
    """A space as it is, but for one project, which is of another release; what runs is not touched."""
    runlog = space.tools.runlog
    logs = _SameLevels(runlog, space) if runlog is not None else None
    tools = replace(space.tools, presents=Presents(), runlog=logs)
    return next_space(space, {**space.files.contents, project: content}, apart=tools)


class _SameLevels:
    """The logs of flows, whose levels an earlier version of the flow does not change."""

    def __init__(self, runlog: FlowLogs, space: Space) -> None:
        self._runlog = runlog
        self._levels: Mapping[str, str] = {
            unit.name: unit.pipeline.flow.log for unit in space.units.values() if unit.pipeline is not None
        }

    def flow(self, name: str, project: str, level: str) -> FlowLog:
        return self._runlog.flow(name, project, self._levels.get(name, level))


class _Spaces:
    """A space, and the registry beneath it."""

    def __init__(self, space: Space, registry: Space) -> None:
        self._space = space
        self._registry = registry

    def rest(self, path: str, steps: Sequence[str], part: str = "") -> Pipeline:
        """What is left of a flow, or of the part of it inside a step, from these steps on, compiled.

        Raises:
            RefusedError: `run.notRetriable`.
        """
        space = self._space if self._space.files.is_own(path) else self._registry
        unit = space.units.get(path)
        if unit is None or unit.pipeline is None:
            raise _refused(f"there is no flow {path} that could be run")
        whole = unit.pipeline.flow
        flow = resume_part(whole, part, steps, self._enter) if part else resume(whole, steps, self._enter)
        try:
            pipeline = Unit(unit.entry, unit.owner).pipeline_of(flow, space)
        except DescriptorError as error:
            raise _refused(f"{path} cannot be compiled: {error}") from error
        return pipeline if unit.pinned is None else pipeline.within(space.present(unit.project, unit.pinned))

    def _enter(self, path: str, steps: Sequence[str]) -> Step:
        return self.rest(path, steps).body


def _owner_and_path(flow: str) -> tuple[str, str]:
    """Whose sandbox a flow is in, empty for the registry, and its registry path."""
    if not flow.startswith("~"):
        return "", flow
    owner, _, path = flow[1:].partition("/")
    return owner, path


def _refused(reason: str) -> RefusedError:
    return RefusedError("run.notRetriable", reason)
