"""Following the runs of a server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from airdock.api.runs import RunningRun, RunSummary
from airdock.cli.logs import Follower
from airdock.client import Client

START = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


class Server:
    """Runs as a server's log has them: those that ended, by when they began."""

    def __init__(self) -> None:
        self.runs = self
        self.going: dict[str, datetime] = {}
        self.ended: list[RunSummary] = []
        self.listed = 0

    def begin(self, id: str, minute: float) -> None:
        self.going[id] = START + timedelta(minutes=minute)

    def end(self, *ids: str) -> None:
        for id in ids:
            start = self.going.pop(id)
            self.ended.append(RunSummary(id=id, flow="a.flow", project="", start=start, seconds=1, outcome="ok"))

    def list(self, *, since: datetime | None = None, limit: int | None = None, **_: Any) -> Iterator[RunSummary]:
        found = sorted(self.ended, key=lambda run: run.start, reverse=True)
        for run in [run for run in found if since is None or run.start >= since][:limit]:
            self.listed += 1
            yield run

    def running(self) -> Iterator[RunningRun]:
        return iter([RunningRun(id=id, flow="a.flow", project="", start=start) for id, start in self.going.items()])


def follower(server: Server) -> Follower:
    return Follower(cast(Client, server), None, None, False)


def ids(runs: list[RunSummary]) -> list[str]:
    return [run.id for run in runs]


def test_each_run_is_told_once_the_newest_last() -> None:
    server = Server()
    for number in range(5):
        server.begin(f"r{number}", number / 100)
        server.end(f"r{number}")
    runs = follower(server)
    assert ids(runs.past(2)) == ["r3", "r4"]
    assert runs.ended() == []
    server.begin("r5", 1)
    server.begin("r6", 2)
    server.end("r6", "r5")
    assert ids(runs.ended()) == ["r5", "r6"]
    assert runs.ended() == []


def test_a_run_that_took_long_is_told_when_it_ends() -> None:
    server = Server()
    server.begin("long", 0)
    runs = follower(server)
    assert runs.past(20) == []
    for number in range(100):
        server.begin(f"r{number}", 10 + number)
        server.end(f"r{number}")
        assert ids(runs.ended()) == [f"r{number}"]
    server.end("long")
    assert ids(runs.ended()) == ["long"]
    assert runs.ended() == []


def test_no_look_goes_back_further_than_it_must() -> None:
    server = Server()
    for number in range(1000):
        server.begin(f"r{number}", number)
        server.end(f"r{number}")
    runs = follower(server)
    runs.past(20)
    server.listed = 0
    runs.ended()
    assert server.listed < 10


def test_runs_may_be_none() -> None:
    server = Server()
    runs = follower(server)
    assert runs.past(0) == []
    server.begin("first", 0)
    server.end("first")
    assert ids(runs.ended()) == ["first"]
