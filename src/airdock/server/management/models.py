"""What the management API answers with."""

from typing import Any, Generic, TypeVar

import msgspec

from airdock.agent.artefact import Artefact

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T]):
    """A part of a list. `next` is the `cursor` of the part behind it, null at the end."""

    items: list[T]
    next: str | None = None


class PlaceInfo(msgspec.Struct):
    """Where a problem stands: file, line and column (from 1; 0 is unknown), and JSON path."""

    file: str
    line: int
    column: int
    path: str


class ProblemInfo(msgspec.Struct):
    """One thing that is wrong in a descriptor."""

    code: str
    message: str
    place: PlaceInfo
    hint: str


class ArtefactInfo(msgspec.Struct):
    """A descriptor and how it stands: its path, kind, state, addresses, what is wrong, and since when (Unix time)."""

    path: str
    kind: str
    state: str
    serves: bool
    addresses: list[str]
    problems: list[ProblemInfo]
    since: float


class AgentInfo(msgspec.Struct):
    """What the agent of this server has: the folder, how many descriptors are in which state, and each of them."""

    folder: str
    dev: bool
    states: dict[str, int]
    items: list[ArtefactInfo]
    next: str | None = None


class FlowInfo(msgspec.Struct):
    """A flow that answers.

    Attributes:
        flow: `project/file.flow`. project: empty at the root. name, description: as its author wrote them.
        addresses: below the root path. methods: null for all. path: its own, empty if it has none.
        input, output: JSON Schemas, or null.
    """

    flow: str
    project: str
    name: str
    description: str
    addresses: list[str]
    methods: list[str] | None
    path: str
    roles: list[str]
    log: str
    input: Any = None
    output: Any = None


def artefact_info(artefact: Artefact) -> ArtefactInfo:
    """An artefact as the API shows it."""
    problems = [
        ProblemInfo(
            problem.code,
            problem.message,
            PlaceInfo(problem.place.file, problem.place.line, problem.place.column, problem.place.path),
            problem.hint,
        )
        for problem in artefact.problems
    ]
    return ArtefactInfo(
        artefact.path,
        artefact.kind,
        artefact.state,
        artefact.serves,
        list(artefact.addresses),
        problems,
        artefact.since,
    )
