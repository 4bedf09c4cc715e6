"""Every error is a problem document, whatever went wrong and wherever."""

import logging

import httpx
import pytest

from airdock.codes import CODES
from airdock.database import Database, DatabaseError
from airdock.server.management.problems import title_of
from tests.unit.server.management.installation import ADMINISTRATOR, Installation
from tests.unit.server.management.walking import walk


def assert_problem(answer: httpx.Response, status: int, code: str = "") -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert (document["status"], document["title"]) == (status, title_of(status))
    assert document["code"] in CODES
    assert document["type"] == f"urn:airdock:error:{document['code']}"
    assert document["detail"]
    assert not code or document["code"] == code


async def test_every_route_refuses_in_one_shape(served: Installation) -> None:
    token = served.add_user(ADMINISTRATOR)
    async with served.client() as stranger, served.client(token) as client:
        for route in walk(served.app.api):
            address = f"http://localhost:8081{route.address()}"
            assert_problem(await client.request("TRACE", address), 405, "request.method")
            if not route.declared.access.anonymous:
                answer = await stranger.request(route.method, address)
                assert_problem(answer, 401, "request.unauthorized")
                assert answer.headers["www-authenticate"].startswith("Bearer ")


async def test_every_route_with_a_json_body_refuses_other_bodies(served: Installation) -> None:
    token = served.add_user(ADMINISTRATOR)
    json = {"content-type": "application/json"}
    async with served.client(token) as client:
        for route in walk(served.app.api):
            if not isinstance(route.declared.body, type):
                continue
            address = f"http://localhost:8081{route.address()}"
            for content in (b"", b"{", b"[]", b'{"nonsense": 1}', b'"\xff"', b'{"a": "\\u0000"}', b"[" * 100_000):
                assert_problem(
                    await client.request(route.method, address, content=content, headers=json), 400, "request.value"
                )
            assert_problem(await client.request(route.method, address, content=b"a=1"), 415, "request.mediaType")
            large = await client.request(route.method, address, content=b" " * (1024**2 + 1), headers=json)
            assert_problem(large, 413, "request.tooLarge")


async def test_every_list_refuses_what_is_no_page(served: Installation) -> None:
    token = served.add_user(ADMINISTRATOR)
    async with served.client(token) as client:
        for route in walk(served.app.api):
            if route.operation.startswith("list"):
                address = f"http://localhost:8081{route.address()}"
                for limit in ("0", "201", "many", "", "1e3", "9" * 40):
                    answer = await client.get(address, params={"limit": limit})
                    assert_problem(answer, 400, "request.value")
                    assert answer.json()["errors"][0]["field"] == "query.limit"


async def test_a_field_is_called_as_it_is_on_the_wire(served: Installation) -> None:
    token = served.add_user(ADMINISTRATOR)
    async with served.client(token) as client:
        answer = await client.post("/users", json={"name": "ann", "displayName": 5})
        [problem] = answer.json()["errors"]
        assert (problem["field"], problem["code"]) == ("body.displayName", "request.value")
        assert answer.json()["detail"].startswith("body.displayName: ")
        answer = await client.get("/registry/shop/difference", params={"from": "x"})
        assert answer.json()["errors"][0]["field"] == "query.from"


@pytest.mark.parametrize("path", ["/nothing", "/users/a/b/c", "/workspace/shop/nothing"])
async def test_unknown_addresses(served: Installation, path: str) -> None:
    async with served.client() as client:
        assert_problem(await client.get(path), 404, "request.notFound")


async def test_a_bug_is_logged_and_told_without_particulars(
    served: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("the password is hunter2")

    monkeypatch.setattr(served.parts.secrets, "list", fail)
    with caplog.at_level(logging.ERROR, "airdock.management"):
        async with served.client() as client:
            answer = await client.get("/secrets")
    assert_problem(answer, 500, "internal")
    assert "hunter2" not in answer.text
    assert "ZeroDivisionError" in caplog.text


async def test_while_the_database_is_away_it_is_said_and_afterwards_all_works(
    served: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: Database) -> None:
        raise DatabaseError("database.unavailable", "it is away")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "reading", away)
        async with served.client() as client:
            assert_problem(await client.get("/workspace"), 503, "database.unavailable")
            assert (await client.get("/openapi.json")).status_code == 200
            assert (await client.get("http://localhost:8081/")).status_code == 200
    async with served.client() as client:
        assert (await client.get("/workspace")).status_code == 200
