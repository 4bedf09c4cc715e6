from typing import Any

import pytest

from airdock.connectors.imap.connection import ImapConnection
from airdock.connectors.imap.fake import FakeImap
from airdock.spec.channels import Endpoint
from tests.unit.flows import Flows

MAILBOX: dict[str, Any] = {"type": "imap", "host": "imap.example.com", "user": "ann", "password": {"secret": "pw"}}


def problems(flows: Flows, **fields: Any) -> list[str]:
    written = {key: value for key, value in {**MAILBOX, **fields}.items() if value is not None}
    flows.write("p/m.connection", written)
    return [str(problem) for artefact in flows.client().agent.artefacts for problem in artefact.problems]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"security": "starttls", "port": 1143, "ca": "/p/ca.pem", "timeout": "5s"},
        {"security": "none", "host": "127.0.0.1"},
        {"password": None, "oauth2": {"tokenUrl": "https://x.com/token", "clientId": "a"}},
    ],
)
def test_good_ones(flows: Flows, fields: dict[str, Any]) -> None:
    assert problems(flows, **fields) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"password": None}, "give one of `password` and `oauth2`"),
        ({"oauth2": {"tokenUrl": "https://x.com/token", "clientId": "a"}}, "give one of"),
        ({"security": "none"}, "no password is sent without encryption"),
        ({"security": "none", "host": "localhost", "ca": "/p/ca.pem"}, "`ca` is of encryption"),
        ({"host": "a b"}, "the name or address of a host"),
        ({"user": "a\r\nb"}, "a name without control characters"),
        ({"password": "plain"}, "password"),
    ],
)
def test_wrong_ones(flows: Flows, fields: dict[str, Any], expected: str) -> None:
    (problem,) = problems(flows, **fields)
    assert expected in problem


def test_ports_follow_the_encryption() -> None:
    ports = [ImapConnection(host="x", user="a", security=each).server_port for each in ("tls", "starttls", "none")]
    assert ports == [993, 143, 143]


def test_where_it_goes() -> None:
    assert ImapConnection(host="x.com", user="a").endpoints() == [Endpoint("imaps", "x.com:993")]
    assert ImapConnection(host="::1", user="a", security="none").endpoints() == [Endpoint("imap", "[::1]:143")]


def test_its_fake_is_a_mailbox() -> None:
    assert isinstance(ImapConnection(host="x", user="a").fake(), FakeImap)
