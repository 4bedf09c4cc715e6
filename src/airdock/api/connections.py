"""Connections, and how they stand."""

from typing import Literal

from airdock.api.shapes import ResponseBody, Time


class ConnectionInfo(ResponseBody, kw_only=True):
    """A connection, over all processes of all nodes.

    Attributes:
        name: `project/crm.connection`; in a sandbox `~user/project/crm.connection`. type: Its connector.
        state: `closed`: nothing has used it yet. `open`. `failing`: a process finds its service away.
        since: Since when it is so; null for `closed`. error: What is wrong, with `failing`; else empty.
        users: What uses it right now. processes: How many processes have opened it.
    """

    name: str
    type: str
    state: Literal["closed", "open", "failing"]
    since: Time | None = None
    error: str = ""
    users: int = 0
    processes: int = 0


class ConnectionTest(ResponseBody, kw_only=True):
    """What a try of a connection came to.

    Attributes:
        works: Whether the service answered. seconds: How long it took.
        code, error: The error's code and sentence; empty when it works.
    """

    name: str
    works: bool
    seconds: float
    code: str = ""
    error: str = ""
