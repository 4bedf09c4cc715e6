from typing import Any

import pytest

from tests.unit.flows import Flows

MAIL = {"type": "smtp", "host": "mail.example.com"}


def problems(flows: Flows, **fields: Any) -> list[str]:
    flows.write("p/mail.connection", {**MAIL, **fields})
    return [str(problem) for artefact in flows.client().agent.artefacts for problem in artefact.problems]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"user": "a", "password": {"secret": "pw"}},
        {"host": "127.0.0.1", "security": "none", "user": "a", "password": {"secret": "pw"}},
        {"from": "Shop <shop@example.com>", "allow": ["example.com", "*.example.com"], "ca": "/p/ca.pem"},
    ],
)
def test_what_is_good(flows: Flows, fields: dict[str, Any]) -> None:
    flows.write("p/ca.pem", "")
    assert problems(flows, **fields) == []


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"user": "a"}, "belong together"),
        ({"password": {"secret": "pw"}}, "belong together"),
        ({"security": "none", "user": "a", "password": {"secret": "pw"}}, "not sent without encryption"),
        ({"security": "none", "ca": "/p/ca.pem"}, "is of encryption"),
        ({"from": "shop"}, "'shop' is no mail address"),
        ({"allow": ["a@x.com"]}, "a domain, or a glob"),
        ({"host": "mail/x"}, "the name or address of a host"),
        ({"password": "open"}, "password"),
    ],
)
def test_what_is_refused(flows: Flows, fields: dict[str, Any], told: str) -> None:
    assert told in "\n".join(problems(flows, **fields))
