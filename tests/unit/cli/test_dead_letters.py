"""`airdock dead-letters`: what it asks a server for, and what it prints."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.answering import Serve, page
from tests.unit.cli.program import Program
from tests.unit.client.answers import Answers

ID, OTHER = "0193580a-1b2c-7000-8000-000000000001", "0193580a-1b2c-7000-8000-000000000002"
LETTER = {
    "id": ID, "listener": "shop/orders.listener", "project": "shop", "source": "message", "size": 9, "run": "r1",
    "contentType": "application/json", "code": "shop.closed", "message": "it is closed", "attempts": 5,
    "arrived": "2026-05-04T10:00:00Z", "died": "2026-05-04T10:01:00Z", "state": "dead", "revision": 3,
}  # fmt: skip
WHOLE = {
    **LETTER, "messageId": "m1", "key": "k", "headers": {"x": "1", "y": "2"}, "about": {"topic": "t"},
    "encoding": "text", "body": '{"id": 7}', "whole": True,
}  # fmt: skip


def sent(answers: Answers) -> Any:
    return json.loads(answers.requests[-1].content)


@pytest.mark.usefixtures("berlin")
def test_letters_are_listed(airdock: Program, serve: Serve) -> None:
    answers = serve(page(LETTER), page())
    head, line = airdock("dead-letters", "list", "--listener", "shop/orders", "--code", "closed").out.splitlines()
    assert head.split() == ["ID", "LISTENER", "DIED", "STATE", "TRIES", "ERROR"]
    assert line.split() == [ID, "shop/orders.listener", "2026-05-04", "12:01:00", "dead", "5", "shop.closed:", "it",
                            "is", "closed"]  # fmt: skip
    assert "listener=shop%2Forders" in answers.asked[0]
    assert airdock("dead-letters", "list").out == "there are no dead letters\n"


def test_a_letter_is_shown(airdock: Program, serve: Serve) -> None:
    serve(page(LETTER), WHOLE, page(LETTER), {**WHOLE, "encoding": "json", "body": {"a": 1}, "whole": False})
    out = airdock("dead-letters", "show", "0193580a").out
    for expected in ("shop.closed: it is closed", "topic: t", "x: 1", '{"id": 7}'):
        assert expected in out
    assert airdock("dead-letters", "show", ID).out.endswith('{\n  "a": 1\n}\n(more was left out)\n')


def test_which_letter_is_meant_must_be_clear(airdock: Program, serve: Serve) -> None:
    serve(page(LETTER, {**LETTER, "id": OTHER}), page())
    assert "2 ids begin with" in airdock("dead-letters", "show", "0193").err
    assert "no dead letter" in airdock("dead-letters", "show", "0193").err


def test_a_letter_is_edited(airdock: Program, serve: Serve, tmp_path: Path) -> None:
    answers = serve(page(LETTER), WHOLE, WHOLE)
    ended = airdock("dead-letters", "edit", ID, "--body", "new", "--header", "x=9", "--header", "y")
    assert "is changed" in ended.out
    assert sent(answers) == {
        "revision": 3, "body": "new", "encoding": "text", "contentType": None, "headers": {"x": "9"},
    }  # fmt: skip
    (tmp_path / "body").write_bytes(b"\xff")
    answers = serve(page(LETTER), WHOLE, WHOLE)
    airdock("dead-letters", "edit", ID, "--file", tmp_path / "body", "--content-type", "a/b")
    assert {**sent(answers), "headers": None} == {
        "revision": 3, "body": "/w==", "encoding": "base64", "contentType": "a/b", "headers": None,
    }  # fmt: skip


def test_the_content_of_a_value_is_json(airdock: Program, serve: Serve) -> None:
    value = {**WHOLE, "encoding": "json", "body": {"id": 7}}
    answers = serve(page(LETTER), value, value)
    airdock("dead-letters", "edit", ID, "--body", '{"id": 8}')
    assert (sent(answers)["body"], sent(answers)["encoding"]) == ({"id": 8}, "json")
    serve(page(LETTER), value)
    assert "must be JSON" in airdock("dead-letters", "edit", ID, "--body", "{").err


@pytest.mark.parametrize("command", ["send", "discard"])
def test_letters_are_sent_again_or_discarded(airdock: Program, serve: Serve, command: str) -> None:
    answers = serve(page(LETTER), {"count": 1})
    assert airdock("dead-letters", command, "0193580a").out.startswith("1 ")
    assert answers.asked[-1] == f"POST /api/v1/dead-letters/{command}"
    assert sent(answers)["ids"] == [ID]
    answers = serve({"count": 4})
    assert airdock("dead-letters", command, "--project", "shop", "--code", "closed").out.startswith("4 ")
    assert sent(answers) == {"ids": [], "listener": "", "project": "shop", "code": "closed", "all": False}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("send",), "say which letters"),
        (("edit", ID), "nothing to change"),
        (("edit", ID, "--body", "x", "--file", "y"), "exclude each other"),
    ],
)
def test_what_is_refused(airdock: Program, arguments: tuple[str, ...], said: str) -> None:
    ended = airdock("dead-letters", *arguments)
    assert ended.code == 2
    assert said in ended.err
