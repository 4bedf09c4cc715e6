from typing import Any

import pytest

from airdock.lint.rules.clear_text_secret import CODE
from tests.unit.lint.finding import case, found, problems_in

# Made of parts, so that nobody takes them for a leak.
TOKENS = [
    "AKIA" + "ABCDEFGHIJKLMNOP",
    "ghp_" + "a1" * 18,
    "github_pat_" + "a" * 30,
    "glpat-" + "x" * 20,
    "xoxb-" + "1234567890-abc",
    "sk_" + "live_" + "a" * 24,
    "AIza" + "b" * 35,
    "eyJ" + "hbGciOiJI" + "UzI1.eyJ" + "zdWIiOiIxMjM0.SflKxwRJSMeKKF2",
    "-----BEGIN " + "RSA PRIVATE KEY-----\nMII",
    "postgresql://app:" + "hunter2@db/orders",
]


def sets(**headers: Any) -> list[Any]:
    return [{"type": "set", "headers": headers}]


@pytest.mark.parametrize("token", TOKENS)
def test_texts_that_are_secrets_wherever_they_stand(token: str) -> None:
    (told,) = found(CODE, [{"type": "log", "message": f"with {token}"}])
    assert told == "$.steps[0].message this text holds a secret in clear text"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("password", "hunter2"),
        ("dbPassword", "hunter2"),
        ("X-API-Key", "9f86d081884c7d65"),
        ("access_token", "abcd1234"),
        ("Authorization", "Bearer abcd1234"),
        ("signing-key", "q8Zk2Lw0xV7tB5nM4rYc"),
    ],
)
def test_names_of_secrets_with_a_value(name: str, value: str) -> None:
    (told,) = found(CODE, sets(**{name: value}))
    assert told.endswith(f"`{name}` is a secret in clear text")
    assert value not in told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("password", "${body.password}"),
        ("authorization", "Bearer ${body.token}"),
        ("password", "must have 8 letters"),
        ("password", "****"),
        ("token", "<token>"),
        ("password", ""),
        ("tokenUrl", "https://example.com/token"),
        ("passwordField", "secret-field"),
        ("key", "order-created-event"),
        ("key", "aaaaaaaaaaaaaaaaaaaaaaaa"),
        ("monkey", "q8Zk2"),
    ],
)
def test_what_is_no_secret(name: str, value: str) -> None:
    assert found(CODE, sets(**{name: value})) == []


def test_wherever_an_author_chooses_names() -> None:
    deep = {"pwd": "abcd"}
    files = {
        "p/a.flow": {
            "properties": {"password": "hunter2"},
            "steps": [{"type": "set", "body": {"u": ["x", deep]}}],
        },
        "p/b.connection": {"type": "phone", "number": "5", "pin": {"secret": "pin"}, "notes": {"password": "hunter2"}},
        "p/c.listener": {
            "trigger": "ring",
            "params": {"line": "a", "notes": {"secret": "abcd"}},
            "steps": [{"type": "stop"}],
        },
        "p/d.flow.yaml": "properties: {token: abcd1234}\nsteps: []\n",
        "p/project.json": {"config": {"apiKey": "abcd1234"}},
    }
    told = [(each.place.file, each.place.path) for each in problems_in(files) if each.code == CODE]
    assert told == [
        ("p/a.flow", "$.properties.password"),
        ("p/a.flow", "$.steps[0].body.u[1].pwd"),
        ("p/b.connection", "$.notes.password"),
        ("p/c.listener", "$.params.notes.secret"),
        ("p/d.flow.yaml", "$.properties.token"),
        ("p/project.json", "$.config.apiKey"),
    ]


def test_fields_that_name_a_secret_of_the_server() -> None:
    flow = {"signature": {"scheme": "github", "secret": "github-webhook"}, "steps": []}
    assert found(CODE, flow) == []
    schema = {"type": "object", "properties": {"password": {"type": "string"}}, "required": ["password"]}
    assert found(CODE, {"input": schema, "steps": []}) == []
    assert found(CODE, [{"type": "condition", "cases": [case("refresh", key="token")]}]) == []


def test_no_message_holds_the_secret() -> None:
    problems = problems_in({"p/a.flow": {"steps": sets(password="hunter2hunter2")}})
    assert problems
    assert "hunter2" not in "".join(str(each) for each in problems)


def test_what_a_test_sends_is_no_secret_unless_it_looks_like_one() -> None:
    send = {"headers": {"x-api-key": "abcd1234", "x-other": TOKENS[0]}}
    files = {"p/a.flow": {"steps": []}, "p/a.test.json": {"cases": [{"name": "x", "send": send}]}}
    assert [each.place.path for each in problems_in(files) if each.code == CODE] == ["$.cases[0].send.headers.x-other"]
