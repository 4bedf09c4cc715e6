"""What the nodes have compiled, and how it stands."""

from datetime import datetime
from typing import Literal

from airdock.api.shapes import ProblemInfo, ResponseBody

ArtefactState = Literal["enabled", "failed", "valid"]


class ArtefactInfo(ResponseBody, kw_only=True):
    """A descriptor and how it stands.

    Attributes:
        path: `project/file.flow`. kind: `flow`, `job`, …
        state: `enabled` answers; `failed` has problems; `valid` was checked and does not run by itself.
        serves: Whether a version of it answers now. addresses: Below the root path.
        release: Null in the folder mode. since: When this state began.
    """

    path: str
    kind: str
    state: str
    serves: bool
    addresses: list[str]
    problems: list[ProblemInfo]
    since: datetime
    release: int | None = None


class NodeInfo(ResponseBody, kw_only=True):
    """A node: one server among those that share the database.

    Attributes:
        seen: When it last told of itself. alive: It did so lately.
        states: How many of its descriptors are in which state.
        projects: The release of each project that it serves.
    """

    name: str
    version: str
    started: datetime | None = None
    seen: datetime | None = None
    alive: bool = True
    states: dict[str, int] = {}
    projects: dict[str, int] = {}


class AgentInfo(ResponseBody, kw_only=True):
    """The agents of all nodes, and what this node's has.

    Attributes:
        node: The name of the node that answers. folder: The folder that it serves, null for the repository.
        dev: It follows changes of the folder.
        states: How many of this node's descriptors are in which state. items: Each of them, a page of it.
    """

    node: str
    folder: str | None
    dev: bool
    states: dict[str, int]
    nodes: list[NodeInfo]
    items: list[ArtefactInfo]
    next: str | None = None
