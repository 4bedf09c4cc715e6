"""The hub in the API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from airdock.connectors.hub.names import Channel
from tests.unit.server.management.installation import Installation, installation

ORDERS = Channel("", "topic", "orders.new")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path / "flows", tmp_path / "home", repository=False) as made:
        yield made


async def test_message_is_sent_as_it_is(served: Installation) -> None:
    async with served.client() as client:
        headers = {"content-type": "application/json", "message-id": "m1"}
        answer = await client.post("/messages/orders.new?key=k", content=b'{"id": 7}', headers=headers)
        assert (answer.status_code, answer.json()) == (202, {"id": "m1", "sequence": 1, "duplicate": False})
        again = await client.post("/messages/orders.new", content=b'{"id": 7}', headers=headers)
        assert again.json()["duplicate"] is True
    (peeked,) = await served.serving.agent.runtime.links.hub.peek(ORDERS, None, 10)
    message = peeked.message
    assert (message.content, message.content_type, message.key) == (b'{"id": 7}', "application/json", "k")


async def test_messages_are_looked_at(served: Installation) -> None:
    contents = [(b'{"a":1}', "application/json"), (b"hello", "text/plain"), (b"\xff", "image/png"), (b"{", "a/b+json")]
    async with served.client() as client:
        for content, content_type in contents:
            await client.post("/messages/orders.new", content=content, headers={"content-type": content_type})
        items = (await client.get("/messages/orders.new")).json()["items"]
        assert [(each["encoding"], each["content"]) for each in items] == [
            ("json", {"a": 1}), ("text", "hello"), ("base64", "/w=="), ("text", "{"),
        ]  # fmt: skip
        assert [each["sequence"] for each in items] == [1, 2, 3, 4]
        first = (await client.get("/messages/orders.new?from=2&limit=2")).json()
        assert ([each["sequence"] for each in first["items"]], first["next"]) == ([2, 3], "4")
        rest = (await client.get(f"/messages/orders.new?from={first['next']}&limit=2")).json()
        assert ([each["sequence"] for each in rest["items"]], rest["next"]) == ([4], None)
        assert (await client.get("/messages/none")).json()["items"] == []


async def test_topics_and_queues_with_those_who_read_them(served: Installation) -> None:
    hub = served.serving.agent.runtime.links.hub
    await hub.subscribe(ORDERS, "billing")
    async with served.client() as client:
        await client.post("/messages/orders.new", content=b"1")
        await client.post("/messages/orders.new?kind=queue", content=b"1")
        items = (await client.get("/topics")).json()["items"]
        assert [(each["name"], each["kind"], each["messages"]) for each in items] == [
            ("orders.new", "queue", 1), ("orders.new", "topic", 1),
        ]  # fmt: skip
        assert items[1]["subscriptions"] == [
            {"client": "billing", "pending": 1, "open": 0, "redelivered": 0, "last": 0, "at": None}
        ]
        assert (await client.delete("/topics/orders.new/subscriptions/billing")).status_code == 204
        assert (await client.delete("/topics/orders.new/subscriptions/billing")).status_code == 404
        assert (await client.get("/topics")).json()["items"][1]["subscriptions"] == []


@pytest.mark.parametrize(
    ("address", "status"), [("/messages/a%20b", 400), ("/messages/-a", 400), ("/messages/a?kind=heap", 400)]
)
async def test_names_that_nothing_can_have(served: Installation, address: str, status: int) -> None:
    async with served.client() as client:
        answer = await client.post(address, content=b"1")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_message_that_is_too_large(served: Installation) -> None:
    async with served.client() as client:
        answer = await client.post("/messages/orders", content=bytes(8 * 1024**2 + 1))
    assert answer.status_code == 413


async def test_who_sent_what_is_in_the_audit_log(served: Installation) -> None:
    operator = served.add_user("ann", "operator")
    async with served.client(operator) as client:
        await client.post("/messages/orders", content=b"secret content")
    entry = next(entry for entry in served.parts.identity.audit.list(limit=10).items if entry.action == "message.send")
    assert (entry.actor, entry.target) == ("ann", "topic orders")
    assert "secret" not in str(entry)
