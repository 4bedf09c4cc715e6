"""Jobs by the API."""

from collections.abc import Iterator
from typing import Any

from airdock.api.jobs import JobFires, JobInfo, JobRun
from airdock.client.pages import items
from airdock.client.transport import Transport, path_of


class JobCalls:
    """`client.jobs`: how jobs stand, when they fire, pausing them, and runs that are asked for."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> Iterator[JobInfo]:
        """The jobs, by name."""
        return items(self._transport, JobInfo, "/jobs")

    def next(self, name: str, count: int = 5) -> JobFires:
        """When a job fires next."""
        return self._transport.read(JobFires, _path("next", name), count=count)

    def run(self, name: str, parameters: dict[str, Any] | None = None) -> None:
        """Asks for a run of a job; it begins as soon as a node takes it."""
        self._transport.send("POST", _path("runs", name), body=JobRun(parameters=parameters or {}))

    def pause(self, name: str) -> None:
        """Pauses a job on all nodes."""
        self._transport.send("PUT", _path("paused", name))

    def resume(self, name: str) -> None:
        """Has a job go on."""
        self._transport.send("DELETE", _path("paused", name))


def _path(what: str, name: str) -> str:
    return path_of("jobs", what, *name.strip("/").split("/"))
