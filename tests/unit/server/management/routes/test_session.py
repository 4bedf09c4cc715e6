"""Signing in, staying signed in, and what of it a page from elsewhere could misuse."""

import base64

import httpx
import pytest

from airdock.server.management.routes.session import TAG
from tests.unit.server.management.installation import ADMINISTRATOR, PASSWORD, Installation

CREDENTIALS = {"user": ADMINISTRATOR, "password": PASSWORD}


@pytest.fixture
def closed(served: Installation) -> Installation:
    """There is a user."""
    assert TAG == "session"
    served.add_user(ADMINISTRATOR)
    return served


async def test_the_person_at_the_machine_needs_no_account(served: Installation) -> None:
    async with served.client() as client:
        session = (await client.get("/session")).json()
        assert (session["user"], session["kind"], session["open"], session["csrf"]) == ("local", "local", True, None)
        assert "registry.publish" in session["permissions"]


@pytest.mark.parametrize(
    ("host", "remote", "headers"),
    [
        ("localhost:8081", "192.0.2.7", {}),
        ("localhost:8081", "127.0.0.1", {"x-forwarded-for": "192.0.2.7"}),
        ("localhost:8081", "127.0.0.1", {"forwarded": "for=192.0.2.7"}),
    ],
)
async def test_nobody_else_is_let_in(served: Installation, host: str, remote: str, headers: dict[str, str]) -> None:
    async with served.client(host=host, remote=remote) as client:
        assert (await client.get("/session", headers=headers)).json()["user"] is None
        assert (await client.get("/workspace", headers=headers)).status_code == 401


async def test_once_there_is_a_user_everybody_signs_in(closed: Installation) -> None:
    async with closed.client() as client:
        session = (await client.get("/session")).json()
        assert (session["user"], session["open"], session["permissions"]) == (None, False, [])
        assert (await client.get("/workspace")).status_code == 401
        assert (await client.get("http://localhost:8081/metrics")).status_code == 401


async def test_a_session_begins_and_ends(closed: Installation) -> None:
    async with closed.client() as client:
        answer = await client.post("/session", json=CREDENTIALS)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("airdock_session=")
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
        assert "Secure" not in cookie
        assert (await client.get("/session")).json() == answer.json()
        assert (await client.get("/users")).status_code == 200
        csrf = {"x-csrf-token": answer.json()["csrf"]}
        assert (await client.delete("/session", headers=csrf)).status_code == 204
        assert "airdock_session" not in client.cookies
        client.cookies.set("airdock_session", cookie.partition("=")[2].partition(";")[0])
        assert (await client.get("/users")).status_code == 401


async def test_a_change_by_cookie_needs_the_sessions_token(closed: Installation) -> None:
    async with closed.client() as client:
        csrf = (await client.post("/session", json=CREDENTIALS)).json()["csrf"]
        for given in ("", "wrong", csrf[:-1]):
            headers = {"x-csrf-token": given} if given else {}
            refused = await client.put("/workspace/store", json={}, headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (403, "request.csrf")
            assert (await client.delete("/session", headers=headers)).status_code == 403
        assert (await client.put("/workspace/store", json={}, headers={"x-csrf-token": csrf})).status_code == 200
        foreign = {"x-csrf-token": csrf, "origin": "https://example.com"}
        assert (await client.put("/workspace/store", json={}, headers=foreign)).status_code == 403
        # Whoever signs in anew begins a session of their own.
        assert (await client.post("/session", json=CREDENTIALS)).status_code == 200


async def test_wrong_credentials_say_nothing_and_are_slowed_down(closed: Installation) -> None:
    async with closed.client() as client:
        answers = [await client.post("/session", json={**CREDENTIALS, "password": f"{n}"}) for n in range(12)]
        assert (answers[0].status_code, answers[0].json()["code"]) == (401, "identity.credentials")
        assert "set-cookie" not in answers[0].headers
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) >= 1


async def test_a_name_and_a_password_sign_in_a_single_request(closed: Installation) -> None:
    closed.add_user("ann", "viewer", password="a long enough password")

    def basic(text: str) -> dict[str, str]:
        return {"authorization": "Basic " + base64.b64encode(text.encode()).decode()}

    async with closed.client() as client:
        good = await client.get("/session", headers=basic("ann:a long enough password"))
        assert (good.json()["user"], good.json()["csrf"]) == ("ann", None)
        for headers in (
            basic("ann:wrong"),
            basic("ann"),
            {"authorization": "Basic ***"},
            {"authorization": "Digest x"},
        ):
            answer = await client.get("/session", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "request.unauthorized")


async def test_a_token_that_is_not_valid_is_never_passed_over(closed: Installation) -> None:
    async with closed.client() as client:
        await client.post("/session", json=CREDENTIALS)
        for value in ("Bearer adk_nonsense", "Bearer", "Bearer ", "nonsense"):
            assert (await client.get("/session", headers={"authorization": value})).status_code == 401
        twice = [("authorization", "Bearer adk_a"), ("authorization", "Bearer adk_b")]
        assert (await client.get("/session", headers=httpx.Headers(twice))).status_code == 401


async def test_the_cookie_is_only_for_encrypted_connections_where_it_was_set_by_one(closed: Installation) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(closed.app), base_url="https://localhost/api/v1"
    ) as client:
        assert "Secure" in (await client.post("/session", json=CREDENTIALS)).headers["set-cookie"]
