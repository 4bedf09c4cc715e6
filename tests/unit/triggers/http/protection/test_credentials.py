"""API keys and passwords of one flow."""

import base64
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import DescriptorError
from airdock.spec.protection import ApiKey, Basic
from airdock.triggers.http import BufferedRequest
from airdock.triggers.http.protection.credentials import BasicCheck, Credentials, KeyCheck
from tests.unit.triggers.http.protection.signing import secret

KEYS = "ann:key of ann\nbob:key:of:bob\nplain-key\nann:second key\n"


def header(*values: str, name: str = "X-Api-Key") -> BufferedRequest:
    return BufferedRequest("GET", "/", headers=[(name, value) for value in values])


def holder(request: BufferedRequest, keys: str = KEYS, **fields: Any) -> str | None:
    found = KeyCheck(ApiKey(secret="keys", **(fields or {"header": "X-API-Key"})), secret(keys)).identify(request)
    return found and found.name


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("key of ann", "ann"),
        ("second key", "ann"),
        ("key:of:bob", "bob"),
        ("  plain-key ", "keys"),
        ("", None),
        ("ann:key of ann", None),
        ("KEY OF ANN", None),
        ("key of ann\0", None),
        ("key of ann, key of ann", None),
        ("k" * 100_000, None),
        ("\ud800", None),
        ("é", None),
    ],
)
def test_the_holder_of_a_key(value: str, name: str | None) -> None:
    assert holder(header(value)) == name


def test_a_header_twice_is_no_key() -> None:
    assert holder(header("plain-key", "plain-key")) is None
    assert holder(header()) is None
    assert holder(header("plain-key", name="Authorization")) is None


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("key=plain-key", "keys"),
        ("a=1&key=key+of%20ann&b=2", "ann"),
        ("%6bey=plain-key", "keys"),
        ("key=plain-key&key=plain-key", None),
        ("key=plain-key&%6Bey=x", None),
        ("Key=plain-key", None),
        ("key=", None),
        ("", None),
    ],
)
def test_a_key_in_the_query(query: str, name: str | None) -> None:
    assert holder(BufferedRequest("GET", "/", query=query), query="key") == name


def test_the_flow_does_not_see_a_key() -> None:
    sent = header("plain-key")
    holder(sent)
    assert sent.headers == {}
    sent = BufferedRequest("GET", "/", query="a=1&%6Bey=plain-key&b=2")
    assert sent.query["key"] == "plain-key"
    holder(sent, query="key")
    assert (sent.query, sent.queryAll, sent.query_string) == ({"a": "1", "b": "2"}, {"a": ["1"], "b": ["2"]}, "a=1&b=2")
    assert sent.parameter("key") is None


def basic(plain: str | bytes, scheme: str = "Basic") -> BufferedRequest:
    data = plain.encode() if isinstance(plain, str) else plain
    return header(f"{scheme} {base64.b64encode(data).decode()}", name="Authorization")


def user(request: BufferedRequest, users: str = "ann:pass:word\né:日本\n") -> str | None:
    found = BasicCheck(Basic(secret="users"), secret(users)).identify(request)
    return found and found.name


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        (basic("ann:pass:word"), "ann"),
        (basic("ann:pass:word", "bASIC"), "ann"),
        (basic(normalize("NFD", "é:日本")), "é"),
        (basic("ann:pass"), None),
        (basic("ann:"), None),
        (basic("ann"), None),
        (basic(""), None),
        (basic("é:日本".encode("utf-16")), None),
        (basic(b"\xff\xfe:x"), None),
        (basic("ann:pass:word", "Bearer"), None),
        (header("Basic ", name="Authorization"), None),
        (header("Basic", name="Authorization"), None),
        (header(name="Authorization"), None),
    ],
)
def test_the_user_of_a_password(request_: BufferedRequest, name: str | None) -> None:
    assert user(request_) == name


def test_two_credentials_are_none() -> None:
    value = "Basic " + base64.b64encode(b"ann:pass:word").decode()
    assert user(header(value, value, name="Authorization")) is None


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "there is no secret"),
        ("\n", "is empty"),
        ("a:b\nann:\n", "line 2"),
        ("a:b\n:key", "line 2"),
        (":", "line 1"),
    ],
)
def test_a_secret_that_is_not_written_right_refuses_the_flow(value: str | None, told: str) -> None:
    for made in (
        lambda: KeyCheck(ApiKey(secret="keys", header="X"), secret(value)),
        lambda: BasicCheck(Basic(secret="keys"), secret(value)),
    ):
        with pytest.raises(DescriptorError) as caught:
            made()
        (problem,) = caught.value.problems
        assert problem.code == "descriptor.secret"
        assert told in problem.message
        assert "ann" not in problem.message


def test_a_password_alone_is_no_user() -> None:
    with pytest.raises(DescriptorError):
        BasicCheck(Basic(secret="users"), secret("password"))


def test_challenges_name_the_way() -> None:
    assert KeyCheck(ApiKey(secret="k", header="X-Key"), secret("k")).challenge == (
        'ApiKey realm="airdock", in="header", name="X-Key"'
    )
    assert BasicCheck(Basic(secret="k", realm="my shop"), secret("a:b")).challenge.startswith('Basic realm="my shop"')


def test_a_search_looks_at_every_value(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def compare(given: bytes, known: bytes) -> bool:
        assert type(given) is type(known) is bytes
        assert len(given) == len(known)
        compared.append(known)
        return given == known

    monkeypatch.setattr("airdock.triggers.http.protection.credentials.hmac.compare_digest", compare)
    credentials = Credentials([("a", "1"), ("b", "2"), ("c", "3")])
    for value in ("1", "3", "none", "x" * 10_000):
        credentials.find(value)
    assert len(compared) == 12


@given(st.text(min_size=1), st.text())
def test_only_the_very_value_is_found(known: str, given_: str) -> None:
    found = Credentials([("a", known)]).find(given_)
    assert (found is not None) == (normalize("NFC", known) == normalize("NFC", given_))
