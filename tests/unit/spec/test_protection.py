"""What a flow may declare to be protected by, and what is refused when it is read."""

import json
from typing import Any

import pytest

from airdock.builtin import catalogue
from airdock.descriptor.reader import Reader
from airdock.errors import DescriptorError
from airdock.spec.flow import Flow

GENERIC = {"scheme": "generic", "secret": "s", "header": "X-Sig"}
GITHUB = {"scheme": "github", "secret": "s"}


def read(**fields: Any) -> Flow:
    return Reader(catalogue()).read("flow", json.dumps({"steps": [], **fields}), "p/a.flow")


@pytest.mark.parametrize(
    "fields",
    [
        {"signature": GITHUB},
        {"signature": {"scheme": "stripe", "secret": "a.b-c_1", "tolerance": "10m"}},
        {"signature": {**GITHUB, "tolerance": "0s"}},
        {"signature": {**GENERIC, "algorithm": "sha512", "encoding": "base64", "prefix": "v1,"}},
        {"signature": {**GENERIC, "timestampHeader": "X-Time", "payload": "v0:{timestamp}:{body}"}},
        {"signature": {**GENERIC, "payload": "<{body}>"}},
        {"apiKey": {"header": "X-API-Key", "secret": "s"}},
        {"apiKey": {"query": "key", "secret": "s"}, "basic": {"secret": "s", "realm": "my shop"}},
        {"rateLimit": {"limit": 1, "per": "1d", "burst": 5, "by": "remote"}},
        {"apiKey": {"query": "key", "secret": "s"}, "roles": ["User"]},
    ],
)
def test_what_may_be_declared(fields: dict[str, Any]) -> None:
    read(**fields)


@pytest.mark.parametrize(
    ("fields", "path", "told"),
    [
        ({"signature": {**GITHUB, "scheme": "gitlab"}}, "$.signature.scheme", "cannot be 'gitlab'"),
        ({"signature": {"scheme": "github"}}, "$.signature", "needs `secret`"),
        ({"signature": {**GITHUB, "secret": ""}}, "$.signature.secret", "the name of a secret"),
        ({"signature": {**GITHUB, "secret": "a b"}}, "$.signature.secret", "the name of a secret"),
        ({"signature": {**GITHUB, "header": "X"}}, "$.signature.header", "is for the scheme `generic`"),
        ({"signature": {"scheme": "generic", "secret": "s"}}, "$.signature", "`header` is missing"),
        ({"signature": {**GENERIC, "header": "X Y"}}, "$.signature.header", "the name of a header"),
        ({"signature": {**GENERIC, "header": "X\r\nY"}}, "$.signature.header", "the name of a header"),
        (
            {"signature": {**GENERIC, "timestampHeader": "T", "payload": "{timestamp}"}},
            "$.signature.payload",
            "has `{body}` once",
        ),
        ({"signature": {**GENERIC, "payload": "{body}{body}"}}, "$.signature.payload", "has `{body}` once"),
        ({"signature": {**GENERIC, "payload": "{url}{body}"}}, "$.signature.payload", "a text such as"),
        ({"signature": {**GENERIC, "payload": "{timestamp}{body}"}}, "$.signature.payload", "`timestampHeader`"),
        ({"signature": {**GENERIC, "timestampHeader": "T"}}, "$.signature.timestampHeader", "lacks `{timestamp}`"),
        ({"signature": {"scheme": "slack", "secret": "s", "tolerance": "0s"}}, "$.signature.tolerance", "of nothing"),
        ({"apiKey": {"secret": "s"}}, "$.apiKey", "`header` is missing"),
        ({"apiKey": {"secret": "s", "header": "X", "query": "k"}}, "$.apiKey.query", "keep one"),
        ({"apiKey": {"secret": "s", "header": "authorization"}}, "$.apiKey.header", "a form of its own"),
        ({"apiKey": {"secret": "s", "query": "a&b"}}, "$.apiKey.query", "the name of a parameter"),
        ({"basic": {"secret": "s", "realm": 'a"b'}}, "$.basic.realm", "without quotes"),
        ({"basic": {"secret": "s"}, "roles": ["User"]}, "$.basic", "keep one"),
        ({"rateLimit": {"limit": 0, "per": "1m"}}, "$.rateLimit.limit", "from 1"),
        ({"rateLimit": {"limit": 1, "per": "0s"}}, "$.rateLimit.per", "from 1ms"),
        ({"rateLimit": {"limit": 1000000000, "per": "1s"}}, "$.rateLimit.limit", "a million calls"),
        ({"rateLimit": {"limit": 1, "per": "1m", "by": "ip"}}, "$.rateLimit.by", "cannot be 'ip'"),
        ({"roles": [""]}, "$.roles[0]", "the name of a role"),
    ],
)
def test_what_is_refused(fields: dict[str, Any], path: str, told: str) -> None:
    with pytest.raises(DescriptorError) as caught:
        read(**fields)
    assert [problem.place.path for problem in caught.value.problems] == [path]
    assert told in str(caught.value).replace('"', "'")


@pytest.mark.parametrize("location", ["/", "/a", "/a/", "/a b/é.flow", "/100%", "/.well-known", "/a/..."])
def test_where_a_rule_may_be(location: str) -> None:
    rules = Reader(catalogue()).read(
        "access", json.dumps([{"location": location, "roles": [{"role": "User"}]}]), "a.access"
    )
    assert rules[0].location == location


@pytest.mark.parametrize(
    "location", ["", "a", "//", "/a//b", "/a/../b", "/./a", "/a%2Fb", "/a/*", "/a/{id}", "/a\\b", "/a?b", "/a\n"]
)
def test_a_rule_that_could_never_apply_is_refused(location: str) -> None:
    with pytest.raises(DescriptorError):
        Reader(catalogue()).read("access", json.dumps([{"location": location, "roles": [{"role": "U"}]}]), "a.access")


@pytest.mark.parametrize("methods", [[], ["get"], ["FETCH"]])
def test_a_rule_for_methods_that_there_are_not_is_refused(methods: list[str]) -> None:
    rule = {"location": "/a", "roles": [{"role": "User"}], "methods": methods}
    with pytest.raises(DescriptorError):
        Reader(catalogue()).read("access", json.dumps([rule]), "a.access")
