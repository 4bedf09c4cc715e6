"""The bodies of the API on the wire."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from airdock.api import (
    agent,
    audit,
    connections,
    files,
    flows,
    jobs,
    letters,
    listeners,
    messages,
    projects,
    registry,
    runs,
    secrets,
    session,
    settings,
    shapes,
    tokens,
    users,
    workspace,
)
from airdock.api.files import FileMove
from airdock.api.registry import Rollback
from airdock.api.runs import Run
from airdock.api.secrets import SecretValue
from airdock.api.shapes import Page, ProblemDocument, RequestBody, ResponseBody
from airdock.api.tokens import Token
from airdock.api.users import UserChange
from airdock.api.workspace import WorkspaceProject

MODULES = (
    agent, audit, connections, files, flows, jobs, letters, listeners, messages, projects, registry, runs, secrets,
    session,
    settings, shapes, tokens, users, workspace,
)  # fmt: skip


def bodies() -> Iterator[type[msgspec.Struct]]:
    for module in MODULES:
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, msgspec.Struct) and value.__module__.startswith("airdock"):
                yield value


@pytest.mark.parametrize("body", sorted(set(bodies()), key=str), ids=str)
def test_a_body_has_camel_case_names_and_says_what_it_is(body: type[msgspec.Struct]) -> None:
    assert body.__doc__
    assert [name for name in body.__struct_encode_fields__ if "_" in name or name[0].isupper()] == []


def test_names_are_unique_as_the_api_describes_them_by_name() -> None:
    found = set(bodies())
    assert len({body.__name__ for body in found}) == len(found)


def test_a_client_passes_over_fields_that_it_does_not_know() -> None:
    answer = b'{"items": [{"name": "shop", "inSandbox": true, "later": 1}], "next": null, "total": 3}'
    page = msgspec.json.decode(answer, type=Page[WorkspaceProject])
    assert page.items == [WorkspaceProject(name="shop", in_sandbox=True)]


def test_a_field_that_nobody_knows_is_refused_in_a_request() -> None:
    with pytest.raises(msgspec.ValidationError, match="mesage"):
        msgspec.json.decode(b'{"release": 3, "mesage": "back"}', type=Rollback)


def test_what_is_left_out_of_a_change_is_told_from_null() -> None:
    change = msgspec.json.decode(b'{"disabled": true}', type=UserChange)
    assert (change.disabled, change.roles) == (True, msgspec.UNSET)
    assert msgspec.json.encode(change) == b'{"disabled":true}'


def test_a_reserved_word_of_python_is_a_name_on_the_wire() -> None:
    assert msgspec.json.encode(FileMove(from_="a.flow", to="b.flow")) == b'{"from":"a.flow","to":"b.flow"}'


def test_a_problem_has_no_more_than_there_is_to_say() -> None:
    document = msgspec.to_builtins(ProblemDocument(title="Not Found", status=404, code="request.notFound"))
    assert document == {"title": "Not Found", "status": 404, "code": "request.notFound"}


def test_a_secret_is_not_shown_when_the_body_is() -> None:
    assert "hunter2" not in repr(SecretValue(value="hunter2"))


def test_bodies_derive_from_one_of_two() -> None:
    plain: set[Any] = {Page, ProblemDocument}
    assert [body for body in bodies() if not issubclass(body, RequestBody | ResponseBody) and body not in plain] == []
    assert issubclass(Token, ResponseBody)
    assert issubclass(Run, ResponseBody)
