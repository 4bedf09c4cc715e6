import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.program import Program
from tests.unit.client.answers import Answers

SENT = {"id": "m1", "sequence": 7, "duplicate": False}
AT = "2026-05-04T10:00:00Z"
MESSAGE = {
    "sequence": 7, "id": "m1", "at": AT, "key": "k", "contentType": "application/json", "headers": {}, "size": 8,
    "encoding": "json", "content": {"id": 7},
}  # fmt: skip
BILLING = {"client": "billing", "pending": 2, "open": 1, "redelivered": 0, "last": 5, "at": AT}
NOBODY = {"client": "late", "pending": 0, "open": 0, "redelivered": 0, "last": 0, "at": None}
TOPIC = {
    "name": "orders", "kind": "topic", "messages": 7, "size": 80, "first": 1, "last": 7,
    "subscriptions": [BILLING, NOBODY],
}  # fmt: skip

Served = Callable[..., Answers]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    """A server that answers so, in the place of the one that the command line would ask."""

    def serve(*replies: Any) -> Answers:
        answers = Answers(*replies)
        monkeypatch.setattr("airdock.cli.messages.connected", lambda server: answers.client())
        return answers

    return serve


def test_message_is_sent(airdock: Program, served: Served) -> None:
    answers = served(SENT)
    assert airdock("messages", "send", "orders", '{"id": 7}', "--key", "k", "--id", "m1").out == "m1 is sent\n"
    (request,) = answers.requests
    assert answers.asked == ["POST /api/v1/messages/orders?kind=topic&key=k"]
    assert (request.content, request.headers["content-type"]) == (b'{"id": 7}', "application/json")
    assert request.headers["message-id"] == "m1"


def test_content_comes_from_a_file_or_standard_input(
    airdock: Program, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.xml").write_text("<a/>")
    answers = served({**SENT, "duplicate": True}, SENT)
    given = ("messages", "send", "bills", "--queue", "--file", str(tmp_path / "a.xml"), "--content-type", "text/xml")
    assert airdock(*given).out == "m1 was there already\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"hello")))
    assert airdock("messages", "send", "bills", "--json").json() == SENT
    assert [each.content for each in answers.requests] == [b"<a/>", b"hello"]
    assert [each.headers["content-type"] for each in answers.requests] == ["text/xml", "text/plain; charset=utf-8"]
    assert answers.asked[0] == "POST /api/v1/messages/bills?kind=queue"
    assert airdock("messages", "send", "a", "x", "--file", "y").code == 2
    assert airdock("messages", "send", "a", "--file", str(tmp_path / "none")).code == 1


def test_messages_are_looked_at(airdock: Program, served: Served) -> None:
    answers = served({"items": [MESSAGE], "next": None})
    lines = airdock("messages", "peek", "orders", "--from", "7", "--limit", "3").out.splitlines()
    assert answers.asked == ["GET /api/v1/messages/orders?kind=topic&from=7&limit=3"]
    assert lines[0].startswith("7  2026-05-04 ")
    assert lines[0].endswith("m1  key k")
    assert lines[1] == '  { "id": 7 }'
    served({"items": [], "next": None})
    assert airdock("messages", "peek", "orders").out == "there are no messages\n"
    served({"items": [{**MESSAGE, "encoding": "text", "content": "x" * 500}], "next": None})
    assert len(airdock("messages", "peek", "orders").out.splitlines()[1]) < 110


def test_topics_are_listed(airdock: Program, served: Served) -> None:
    served({"items": [TOPIC], "next": None})
    lines = airdock("messages", "topics").out.splitlines()
    assert lines[0] == "topic orders  7 messages, 80 bytes"
    assert lines[1].startswith("  billing  2 waiting, 1 in work, 0 again; last 5 at 2026-05-04 ")
    assert lines[2] == "  late  0 waiting, 0 in work, 0 again; last nothing yet"
    served({"items": [TOPIC], "next": None})
    assert airdock("messages", "topics", "--json").json()[0]["name"] == "orders"
    served({"items": [], "next": None})
    assert airdock("messages", "topics").out == "there are no topics and queues\n"
