"""What is wrong with a project as it would stand among the others: asked before it is activated or published."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from airdock.agent.content import Content
from airdock.agent.linting import lint_space
from airdock.agent.presents import Presents
from airdock.agent.repository import content_of
from airdock.agent.routing import routes_of
from airdock.agent.space import Space, next_space
from airdock.codes import LINT
from airdock.errors import Problem
from airdock.lint import Choice
from airdock.repository.manifest import blob_id

Surroundings = Callable[[], tuple[Space, Space | None]]
"""The space that a project would stand in, and the registry beneath it if it is a sandbox."""

ADVICE = Choice(ignore=frozenset(code for code, each in LINT.items() if each.severity == "hint"))
"""What is told of a project that is not refused: hints are for who asks for them."""


class Checked(NamedTuple):
    """What was found: `problems` refuse the project, `warnings` do not."""

    problems: list[Problem]
    warnings: list[Problem]


class ProjectCheck:
    """The check of a project, as the repository calls it.

    Attributes:
        project: The project. warnings: What lint said of the files that were checked last.
    """

    def __init__(self, project: str, around: Surroundings) -> None:
        """`around` is asked at the moment of the check."""
        self.warnings: list[Problem] = []
        self.project = project
        self._around = around

    def __call__(self, files: Mapping[str, bytes]) -> list[Problem]:
        problems, self.warnings = check_project(files, self.project, *self._around())
        return problems


def check_project(files: Mapping[str, bytes], project: str, around: Space, beneath: Space | None = None) -> Checked:
    """Every problem that a project would have, and those that flows of other projects would get by it.

    It is compiled beside what runs, by the same rules, and nothing of that is changed. It may take a while: as long as
    the agent will take.

    Args:
        files: What the project would hold, by path in the project. None at all: it would be gone.
        around: The space that it would stand in: the registry, or a sandbox.
        beneath: The registry beneath a sandbox.

    Raises:
        DatabaseError: a secret cannot be read now.
    """
    contents = {name: content for name, content in around.files.contents.items() if name != project}
    if files:
        contents[project] = _content(files, project)
    tools = replace(around.tools, runlog=None, presents=Presents())
    anew = contents[project].files if files else ()
    trial = next_space(_without(around, project), contents, beneath, anew=anew, apart=tools)
    own = [unit for unit in trial.ordered if unit.project == project]
    routes_of(own, trial.conflicts)
    problems = [problem for artefact in trial.artefacts_of(project) for problem in artefact.problems]
    if not around.owner:
        problems += _broken(around, trial, project)
    return Checked(problems, lint_space(trial, beneath, project=project, choice=ADVICE) if files else [])


def sandbox_of(owner: str, sandboxes: Mapping[str, Space], registry: Space) -> tuple[Space, Space]:
    """A user's sandbox, which may be empty, and the registry beneath it."""
    found = sandboxes.get(owner)
    return (Space(registry.tools, owner, beneath=registry) if found is None else found), registry


def _content(files: Mapping[str, bytes], project: str) -> Content:
    blobs = {path: blob_id(content) for path, content in files.items()}
    contents = {blobs[path]: content for path, content in files.items()}
    return content_of(project, blobs, contents.__getitem__)


def _without(around: Space, project: str) -> Space:
    """The space with nothing compiled of a project: a version that still works must not hide what is wrong."""
    made = Space(around.tools, around.owner, around.files.contents)
    made.files, made.beneath_files, made.generations = around.files, around.beneath_files, around.generations
    made.units = {path: unit for path, unit in around.units.items() if unit.project != project}
    return made


def _broken(before: Space, trial: Space, project: str) -> Iterator[Problem]:
    """The problems of other projects' descriptors that stood well."""
    for path, unit in sorted(trial.units.items()):
        old = before.units.get(path)
        if unit.project == project or old is None or old is unit:
            continue
        if unit.artefact.state == "failed" and old.artefact.state != "failed":
            for problem in unit.artefact.problems:
                message = f"{path} of the project {unit.project} would fail: {problem.message}"
                yield Problem(problem.code, message, problem.place, problem.hint)
