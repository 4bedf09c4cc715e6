from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.cli.program import Program
from tests.unit.client.answers import Answers

CRM = {
    "name": "shop/crm.connection",
    "type": "http",
    "state": "failing",
    "since": "2026-05-04T10:00:00Z",
    "error": "shop/crm.connection cannot be reached: refused",
    "users": 2,
    "processes": 1,
}
DATA = {"name": "shop/data.connection", "type": "sql", "state": "closed"}

Served = Callable[..., None]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    """A server that answers so, in the place of the one that the command line would ask."""

    def serve(*replies: Any) -> None:
        answers = Answers(*replies)
        monkeypatch.setattr("airdock.cli.connections.connected", lambda server: answers.client())

    return serve


@pytest.mark.usefixtures("berlin")
def test_they_are_listed_with_what_is_wrong(airdock: Program, served: Served) -> None:
    served({"items": [CRM, DATA], "next": None})
    ended = airdock("connections")
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "NAME                  TYPE  STATE    USERS",
        "shop/crm.connection   http  failing      2  since 2026-05-04 12:00:00",
        "                      shop/crm.connection cannot be reached: refused",
        "shop/data.connection  sql   closed       0",
    ]
    served({"items": [CRM], "next": None})
    assert airdock("connections", "--json").json()[0]["state"] == "failing"
    served({"items": [], "next": None})
    assert airdock("connections").out == "there is no connection\n"


def test_one_is_tried(airdock: Program, served: Served) -> None:
    served({"name": "shop/crm.connection", "works": True, "seconds": 0.012})
    ended = airdock("connections", "test", "shop/crm")
    assert (ended.code, ended.out) == (0, "works  shop/crm.connection answered after 12 ms\n")
    served({"name": "s", "works": False, "seconds": 1.0, "code": "connector.refused", "error": "bad password"})
    ended = airdock("connections", "test", "shop/crm")
    assert (ended.code, ended.out) == (1, "fails  bad password  [connector.refused]\n")
    served({"name": "s", "works": False, "seconds": 1.0, "code": "connector.refused", "error": "bad password"})
    ended = airdock("connections", "test", "shop/crm", "--json")
    assert (ended.code, ended.json()["works"]) == (1, False)
