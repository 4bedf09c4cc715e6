"""Dead letters and listeners, by the API."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from airdock.deadletters import Content, Death, Filter
from airdock.server.listening import KIND
from airdock.server.management.routes.letters import letter_routes
from airdock.server.management.routes.listeners import listener_routes
from airdock.triggers.listener import ListenerState
from airdock.triggers.reports import Reports
from tests.service.server import write_files
from tests.unit.server.management.installation import ADMINISTRATOR, Installation, installation

RESOURCES = (letter_routes, listener_routes)
ORDERS, HIDDEN = "shop/orders.listener", "hidden/orders.listener"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Installation]:
    """A folder with a listener in each of its projects."""
    listener = json.dumps({"trigger": "memory", "params": {}, "steps": [{"type": "stop"}]})
    write_files(tmp_path / "flows", {ORDERS: listener, HIDDEN: listener})
    settings = {"catalogue": "tests.unit.server.test_listening:catalogue"}
    with installation(tmp_path / "flows", tmp_path / "home", repository=False, settings=settings) as made:
        yield made


def put(served: Installation, body: Any = b'{"id": 7}', listener: str = ORDERS, code: str = "shop.closed") -> str:
    content = Content(body=body, content_type="application/json", headers={"x": "1"}, id="", key="k", about={"t": 1})
    death = Death(code=code, message="it is closed", run="r", attempts=5, arrived=10.0, at=20.0)
    return served.parts.letters.put(listener, "memory", content, death)


async def test_a_letter_is_listed_and_shown(served: Installation) -> None:
    assert RESOURCES
    id = put(served)
    async with served.client() as client:
        page = (await client.get("/dead-letters")).json()
        assert page["next"] is None
        (item,) = page["items"]
        assert item == {
            "id": id, "listener": ORDERS, "project": "shop", "source": "memory", "contentType": "application/json",
            "size": item["size"], "code": "shop.closed", "message": "it is closed", "run": "r", "attempts": 5,
            "arrived": "1970-01-01T00:00:10Z", "died": "1970-01-01T00:00:20Z", "state": "dead", "revision": 1,
        }  # fmt: skip
        letter = (await client.get(f"/dead-letters/{id}")).json()
        content = {name: letter[name] for name in letter if name not in item}
        assert content == {
            "messageId": "", "key": "k", "headers": {"x": "1"}, "about": {"t": 1}, "encoding": "text",
            "body": '{"id": 7}', "whole": True,
        }  # fmt: skip
        missing = await client.get("/dead-letters/01900000-0000-7000-8000-000000000000")
        assert (missing.status_code, missing.json()["code"]) == (404, "deadLetters.missing")


@pytest.mark.parametrize(
    ("body", "encoding", "written"),
    [
        ("text", "text", "text"),
        (b"\xff", "base64", base64.b64encode(b"\xff").decode()),
        (b"a\0b", "base64", base64.b64encode(b"a\0b").decode()),
        ({"a": [1, None]}, "json", {"a": [1, None]}),
    ],
)
async def test_what_arrived_is_shown_and_taken_as_what_it_is(
    served: Installation, body: Any, encoding: str, written: Any
) -> None:
    id = put(served, body)
    async with served.client() as client:
        letter = (await client.get(f"/dead-letters/{id}")).json()
        assert (letter["encoding"], letter["body"]) == (encoding, written)
        change = {"revision": 1, "body": written, "encoding": encoding}
        assert (await client.patch(f"/dead-letters/{id}", json=change)).json()["revision"] == 2
    assert served.parts.letters.get(id).content.body == body


async def test_of_what_is_long_the_beginning_is_shown(served: Installation) -> None:
    id = put(served, "é".encode() * 200_000)
    async with served.client() as client:
        letter = (await client.get(f"/dead-letters/{id}")).json()
        assert (letter["whole"], letter["encoding"], set(letter["body"])) == (False, "text", {"é"})


async def test_a_letter_without_what_arrived_is_whole_when_it_was_put_there(served: Installation) -> None:
    id = put(served, object())
    async with served.client() as client:
        letter = (await client.get(f"/dead-letters/{id}")).json()
        assert (letter["whole"], "is not kept" in letter["body"]) == (False, True)
        for change in ({"headers": {"y": "2"}}, {"body": "all of it", "encoding": "text"}):
            revision = served.parts.letters.get(id).revision
            changed = await client.patch(f"/dead-letters/{id}", json={"revision": revision, **change})
            assert changed.json()["whole"] is ("body" in change)
    assert served.parts.letters.get(id).content.whole


async def test_a_letter_is_edited(served: Installation) -> None:
    id = put(served)
    async with served.client() as client:
        change = {"revision": 1, "body": {"id": 8}, "encoding": "json", "headers": {"y": "2"}, "contentType": "a/b"}
        changed = await client.patch(f"/dead-letters/{id}", json=change)
        assert changed.status_code == 200
        content = served.parts.letters.get(id).content
        assert (content.body, content.headers, content.content_type) == (b'{"id":8}', {"y": "2"}, "a/b")
        stale = await client.patch(f"/dead-letters/{id}", json=change)
        assert (stale.status_code, stale.json()["code"]) == (409, "deadLetters.busy")
        for wrong in ({"body": "%", "encoding": "base64"}, {"body": 1, "encoding": "text"}):
            refused = await client.patch(f"/dead-letters/{id}", json={"revision": 2, **wrong})
            assert (refused.status_code, refused.json()["code"]) == (400, "request.value")


async def test_letters_are_sent_again_and_discarded_by_what_they_are(served: Installation) -> None:
    first, second = put(served), put(served, code="shop.gone")
    other = put(served, listener=HIDDEN)
    async with served.client() as client:
        assert (await client.post("/dead-letters/send", json={})).status_code == 400
        sent = await client.post("/dead-letters/send", json={"listener": "shop/orders", "code": "gone"})
        assert sent.json() == {"count": 1}
        queued = (await client.get("/dead-letters", params={"state": "queued"})).json()["items"]
        assert [each["id"] for each in queued] == [second]
        assert (await client.post("/dead-letters/discard", json={"ids": [first]})).json() == {"count": 1}
        assert (await client.post("/dead-letters/discard", json={"project": "hidden"})).json() == {"count": 1}
        assert (await client.post("/dead-letters/send", json={"all": True})).json() == {"count": 0}
        audit = (await client.get("/audit")).json()["items"]
        assert [each["action"] for each in audit] == ["letter.send", "letter.discard", "letter.discard", "letter.send"]
    assert other not in [each.id for each in served.parts.letters.page(Filter(), 10)]


async def test_letters_and_listeners_of_hidden_projects_do_not_exist_for_others(served: Installation) -> None:
    served.add_user(ADMINISTRATOR)
    token = served.add_user("ann", "operator")
    served.add_user("bob", "operator")
    served.restrict("hidden", bob=["operator"])
    shop, hidden = put(served), put(served, listener=HIDDEN)
    foreign = put(served, listener="~bob/shop/orders.listener")
    async with served.client(token) as client:
        assert [each["id"] for each in (await client.get("/dead-letters")).json()["items"]] == [shop]
        for id in (hidden, foreign):
            assert (await client.get(f"/dead-letters/{id}")).status_code == 404
            assert (await client.patch(f"/dead-letters/{id}", json={"revision": 1})).status_code == 404
        assert (await client.post("/dead-letters/send", json={"all": True})).json() == {"count": 1}
        assert [each["name"] for each in (await client.get("/listeners")).json()["items"]] == [ORDERS]
        assert (await client.put("/listeners/paused/hidden/orders")).status_code == 404


async def test_letters_are_listed_page_by_page(served: Installation) -> None:
    ids = [put(served) for _ in range(3)]
    async with served.client() as client:
        first = (await client.get("/dead-letters", params={"limit": 2})).json()
        second = (await client.get("/dead-letters", params={"limit": 2, "cursor": first["next"]})).json()
    assert [each["id"] for each in first["items"] + second["items"]] == ids[::-1]
    assert second["next"] is None


async def test_listeners_are_listed_with_how_they_stand(served: Installation) -> None:
    put(served)
    state = ListenerState(
        name=ORDERS, trigger="memory", state="reconnecting", since=10.0, error="away", next_try=20.0, received=3
    )
    Reports(served.parts.database, KIND, ListenerState).write("n1", [state])
    async with served.client() as client:
        hidden, orders = (await client.get("/listeners")).json()["items"]
        assert (hidden["name"], hidden["state"], hidden["nodes"]) == (HIDDEN, "starting", [])
        assert (orders["state"], orders["deadLetters"], orders["pausedBy"]) == ("reconnecting", 1, None)
        (node,) = orders["nodes"]
        assert (node["node"], node["error"], node["nextTry"], node["received"]) == (
            "n1", "away", "1970-01-01T00:00:20Z", 3,
        )  # fmt: skip


async def test_a_listener_is_paused_and_goes_on(served: Installation) -> None:
    async with served.client() as client:
        for _ in range(2):
            assert (await client.put("/listeners/paused/shop/orders.listener")).status_code == 204
        (orders,) = [each for each in (await client.get("/listeners")).json()["items"] if each["pausedBy"]]
        assert orders["name"] == ORDERS
        assert orders["pausedAt"]
        assert (await client.delete("/listeners/paused/shop/orders")).status_code == 204
        assert (await client.put("/listeners/paused/shop/none")).status_code == 404
        audit = (await client.get("/audit")).json()["items"]
        assert [each["action"] for each in audit] == ["activity.resume", "activity.pause"]
