"""Flows that answer, and the addresses that they answer at."""

from typing import Any

from airdock.api.shapes import ResponseBody


class CircuitBreakerInfo(ResponseBody, kw_only=True):
    """A circuit breaker of a flow, in some of the processes.

    Attributes:
        step: Its name, or its path where it has none. state: `closed`, `open` or `halfOpen`.
        processes: How many have it in that state.
    """

    step: str
    state: str
    processes: int


class FlowInfo(ResponseBody, kw_only=True):
    """A flow that answers.

    Attributes:
        flow: `project/file.flow`. project: Empty at the root. name, description: As its author wrote them.
        addresses: Below the root path. methods: Null for all. path: Its own, empty if it has none.
        input, output: JSON Schemas, or null. circuit_breakers: Their states.
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
    circuit_breakers: list[CircuitBreakerInfo] = []


class RouteInfo(ResponseBody, kw_only=True):
    """An address that a published flow answers at.

    Attributes:
        address: Below the root path; `{id}` stands for any one part. methods: Null for all.
        roles: Who may call; empty for everybody. release: Null in the folder mode.
    """

    address: str
    flow: str
    project: str
    methods: list[str] | None
    roles: list[str]
    release: int | None = None
