"""What is generated from the API's own description, sent to the real server: no request makes it fail."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from airdock.database import Database
from airdock.identity import Identity, Principal
from airdock.repository import write_zip
from tests.service.server import running

pytestmark = [pytest.mark.slow, pytest.mark.services]

EXAMPLES = 12
"""Requests for each operation."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FILES = {"hello.flow": b'{"steps": [{"type": "output", "message": "hello"}]}', "lib.js": b"exports.x = 1\n"}
KNOWN = {"project": "shop", "user": "ann", "path": "hello.flow", "number": 1}
"""What is there; other generated values name what is not."""


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home folder with users, and a token of the administrator."""
    home = tmp_path_factory.mktemp("api") / "home"
    database = Database(home)
    database.open()
    identity = Identity(database)
    identity.users.create("root", password="correct horse battery", roles=["administrator"], by="test")
    identity.users.create("ann", roles=["developer"], by="test")
    text = identity.tokens.create_personal(Principal("root"), "test").text
    database.close()
    return home, text


@pytest.fixture(scope="module")
def server(token: tuple[Path, str]) -> Iterator[str]:
    """The address of the API of a running server."""
    home, text = token
    with running(None, home, admin=True) as started:
        url = f"{started.admin_url}/api/v1"
        with httpx.Client(headers={"authorization": f"Bearer {text}"}) as client:
            for message in ("First", "Second"):
                archive = write_zip({**FILES, "message.js": message.encode()})
                answer = client.post(
                    f"{url}/registry/shop/publish",
                    content=archive,
                    params={"message": message, **({"base": 1} if message == "Second" else {})},
                )
                assert answer.status_code == 200, answer.text
            assert client.put(f"{url}/workspace/shop", json={"release": 1}).status_code == 200
        yield url
        assert "unexpected error" not in started.errors


@schemathesis.serializer("application/zip")
def as_it_is(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Archives are bytes already."""
    return value if isinstance(value, bytes) else str(value).encode()


def operations(description: Any) -> Iterator[Any]:
    for found in description.get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


def is_last(operation: Any) -> bool:
    """What removes what the others are about comes last."""
    return bool(operation.method.lower() == "delete")


def test_no_request_makes_the_server_fail(server: str, token: tuple[Path, str]) -> None:
    headers = {"Authorization": f"Bearer {token[1]}"}
    description = schemathesis.openapi.from_url(f"{server}/openapi.json")
    for operation in sorted(operations(description), key=is_last):

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def send(case: Any) -> None:
            parameters = case.path_parameters or {}
            for name, value in KNOWN.items():
                # Every other request is about what is there.
                if name in parameters and len(str(parameters)) % 2:
                    parameters[name] = value
            case.call_and_validate(headers=headers, checks=CHECKS, timeout=30, allow_redirects=False)

        send()
