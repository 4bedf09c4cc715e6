import pytest

from airdock.database import Database, changes_since
from airdock.errors import RefusedError
from airdock.triggers.cron import requests
from airdock.triggers.cron.requests import LARGEST, TOPIC, Request, ask, take


def test_one_process_gets_what_was_asked_for_in_order(database: Database) -> None:
    asked = [Request("a.job", {"n": n}, "ann", 10.0 + n) for n in range(3)]
    with database.writing() as on:
        for request in asked:
            ask(on, request)
        ask(on, Request("b.job", {}, "ann", 10))
    with database.writing() as on:
        assert take(on, {"a.job", "c.job"}) == asked
        assert take(on, {"a.job", "c.job"}) == []
        assert [request.job for request in take(on, {"b.job"})] == ["b.job"]
    with database.reading() as on:
        assert TOPIC in {change.topic for change in changes_since(on, 0) or []}


def test_parameters_and_waiting_runs_are_bounded(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "MOST_WAITING", 2)
    with database.writing() as on:
        with pytest.raises(RefusedError, match="larger than 256 KB"):
            ask(on, Request("a.job", {"text": "x" * LARGEST}, "ann", 10))
        ask(on, Request("a.job", {}, "ann", 10))
        ask(on, Request("a.job", {}, "ann", 10))
        with pytest.raises(RefusedError, match="2 runs of"):
            ask(on, Request("a.job", {}, "ann", 10))
