"""What the nodes have compiled, and how it stands."""

from typing import Literal

from airdock.api.shapes import ProblemInfo, ResponseBody, Time


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
    since: Time
    release: int | None = None


class ProcessInfo(ResponseBody, kw_only=True):
    """A process that runs flows.

    Attributes:
        kind: `worker` serves the flow port, `management` the management port.
        seen: When it last told of itself. cursor: The number of the last change that it took in.
    """

    pid: int
    kind: Literal["worker", "management", "trigger"]
    started: Time
    seen: Time
    cursor: int


class NodeInfo(ResponseBody, kw_only=True):
    """A node: one server among those that share the database.

    Attributes:
        folder: The folder that it serves, null for the repository.
        at: When it last told how its descriptors stand; null for not yet.
        states: How many of its descriptors are in which state.
        projects: The release of each project that it serves; null where there are none.
    """

    name: str
    folder: str | None = None
    processes: list[ProcessInfo] = []
    at: Time | None = None
    states: dict[str, int] = {}
    projects: dict[str, int | None] = {}


class AgentInfo(ResponseBody, kw_only=True):
    """All nodes, and the descriptors of one.

    Attributes:
        node: The node that `states` and `items` are of: the one that answers, or the one that was asked for.
        folder: The folder that the answering node serves, null for the repository. dev: It follows changes of it.
        states: How many descriptors are in which state. items: Each of them, a page of it.
    """

    node: str
    folder: str | None
    dev: bool
    states: dict[str, int]
    nodes: list[NodeInfo]
    items: list[ArtefactInfo]
    next: str | None = None
