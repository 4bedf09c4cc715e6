"""What each call asks the server for, and what becomes of the answer."""

import io
from datetime import UTC, datetime

import httpx
import pytest

from airdock.client import Client
from tests.unit.client.answers import Answers

FILE = {"path": "a.flow", "size": 2, "etag": "e1"}
RELEASE = {"project": "shop", "number": 4, "user": "ann", "at": "2026-05-04T10:00:00Z"}
PUBLISHED = {"project": "shop", "release": 5, "made": True, "difference": {"files": []}}


def test_a_list_goes_on_over_its_pages_when_it_is_read() -> None:
    answers = Answers(
        {"items": [{"name": "a"}, {"name": "b"}], "next": "c 1"}, {"items": [{"name": "c"}], "next": None}
    )
    with answers.client() as client:
        projects = client.projects()
        assert next(projects).name == "a"
        assert len(answers.requests) == 1
        assert [each.name for each in projects] == ["b", "c"]
    assert answers.asked[1].endswith("cursor=c+1")


def test_a_list_is_as_long_as_asked() -> None:
    answers = Answers({"items": [RELEASE, RELEASE], "next": "more"})
    with answers.client() as client:
        assert len(list(client.registry.releases("shop", limit=2))) == 2
    assert answers.asked == ["GET /api/v1/registry/shop/releases?limit=2"]


def test_names_and_paths_are_encoded() -> None:
    answers = Answers(httpx.Response(200, content=b"{}", headers={"etag": '"e1"'}))
    with answers.client() as client:
        assert client.workspace.read("a/b", "ä ö/100%?.flow") == (b"{}", "e1")
    assert answers.asked == ["GET /api/v1/workspace/a%2Fb/files/%C3%A4%20%C3%B6/100%25%3F.flow"]


def test_what_a_file_is_expected_to_be() -> None:
    answers = Answers(FILE, FILE, FILE, {})
    with answers.client() as client:
        client.workspace.write("shop", "a.flow", b"{}", expected="*")
        client.workspace.write("shop", "a.flow", b"{}", expected="e1")
        assert client.workspace.write("shop", "a.flow", b"").etag == "e1"
        client.workspace.delete("shop", "a.flow", expected="e1")
    sent = [(each.headers.get("if-match"), each.headers.get("if-none-match")) for each in answers.requests]
    assert sent == [("*", None), ('"e1"', None), (None, "*"), ('"e1"', None)]
    assert [each.content for each in answers.requests] == [b"{}", b"{}", b"", b""]


def test_archives_tell_how_far_they_are() -> None:
    content = bytes(200_000)
    answers = Answers(httpx.Response(200, content=content), PUBLISHED)
    down: list[tuple[int, int]] = []
    up: list[tuple[int, int]] = []
    target = io.BytesIO()
    with answers.client() as client:
        assert client.registry.archive("shop", target, 4, lambda *each: down.append(each)) == len(content)
        made = client.registry.publish("shop", content, "more", base=4, progress=lambda *each: up.append(each))
    assert (made.release, made.made) == (5, True)
    assert target.getvalue() == answers.requests[1].content == content
    assert down[-1] == up[-1] == (200_000, 200_000)
    assert len(up) == 4
    assert answers.asked[1] == "POST /api/v1/registry/shop/publish?message=more&base=4"
    assert answers.requests[1].headers["content-length"] == "200000"
    assert "transfer-encoding" not in answers.requests[1].headers


def test_what_is_sent_as_json() -> None:
    user = {"name": "bob", "created": "2026-05-04T10:00:00Z"}
    token = {"id": "t1", "name": "ci", "kind": "service", "user": "", "created": user["created"], "token": "adk_1"}
    answers = Answers(user, user, token, {"autoActivate": True})
    with answers.client() as client:
        client.users.add("bob", "geheim", roles=["developer"])
        client.users.change("bob", disabled=True)
        made = client.tokens.create("ci", kind="service", roles=["publisher"], expires=datetime(2027, 1, 1, tzinfo=UTC))
        assert made.token == "adk_1"
        assert client.set_preferences(auto_activate=True).auto_activate
    bodies = [httpx.Response(200, content=each.content).json() for each in answers.requests]
    assert bodies[0]["displayName"] == ""
    assert bodies[1:] == [
        {"disabled": True},
        {
            "name": "ci",
            "kind": "service",
            "roles": ["publisher"],
            "scopes": None,
            "projects": None,
            "expires": "2027-01-01T00:00:00Z",
        },
        {"autoActivate": True},
    ]


@pytest.mark.parametrize("moment", [datetime(2026, 5, 4, 10, tzinfo=UTC)])
def test_runs_are_filtered(moment: datetime) -> None:
    answers = Answers({"items": [], "next": None})
    with answers.client() as client:
        assert list(client.runs.list(flow="shop/a.flow", outcome="failed", since=moment, limit=5)) == []
    assert httpx.URL(answers.asked[0].split()[1]).params == httpx.QueryParams(
        {"limit": "5", "flow": "shop/a.flow", "outcome": "failed", "since": "2026-05-04T10:00:00+00:00"}
    )


def test_a_wrong_address_is_told_at_once() -> None:
    with pytest.raises(ValueError, match="not the address of a server"):
        Client("ftp://host")


def test_messages_of_the_hub() -> None:
    answers = Answers({"id": "m", "sequence": 1, "duplicate": False}, {"items": []}, {"items": []}, {})
    with answers.client() as client:
        client.messages.send("a b", b"x", "text/plain", kind="queue", key="k")
        client.messages.peek("orders", start=4, limit=2)
        list(client.messages.topics())
        client.messages.unsubscribe("orders", "billing")
    assert answers.asked == [
        "POST /api/v1/messages/a%20b?kind=queue&key=k",
        "GET /api/v1/messages/orders?kind=topic&from=4&limit=2",
        "GET /api/v1/topics?limit=200",
        "DELETE /api/v1/topics/orders/subscriptions/billing",
    ]
