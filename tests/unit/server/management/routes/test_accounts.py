"""Users, tokens, members, secrets, the audit log and settings, by the API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from airdock.identity import Action
from airdock.server.management.routes.audit import audit_routes
from airdock.server.management.routes.preferences import preference_routes
from airdock.server.management.routes.projects import project_routes
from airdock.server.management.routes.secrets import secret_routes
from airdock.server.management.routes.settings import MASK, settings_routes
from airdock.server.management.routes.tokens import token_routes
from airdock.server.management.routes.users import user_routes
from tests.unit.server.management.installation import ADMINISTRATOR, PASSWORD, Installation, installation

RESOURCES = (audit_routes, preference_routes, project_routes, secret_routes, settings_routes, token_routes, user_routes)
NEW_PASSWORD = "another long password"


@pytest.fixture
def admin(served: Installation) -> httpx.AsyncClient:
    assert RESOURCES
    return served.client(served.add_user(ADMINISTRATOR))


async def entries(client: httpx.AsyncClient, action: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/audit", params={"action": action})).json()["items"]
    return found


async def test_a_user_is_made_changed_and_removed(admin: httpx.AsyncClient, served: Installation) -> None:
    made = await admin.post("/users", json={"name": "ann", "displayName": "Ann", "roles": ["developer"]})
    assert (made.status_code, made.json()["displayName"], made.json()["hasPassword"]) == (201, "Ann", False)
    changed = await admin.patch("/users/ann", json={"roles": ["viewer"], "disabled": True})
    assert (changed.json()["roles"], changed.json()["displayName"]) == (["viewer"], "Ann")
    assert [each["name"] for each in (await admin.get("/users")).json()["items"]] == ["ann", "root"]
    served.parts.repository.workspaces.create("ann", "store")
    assert (await admin.delete("/users/ann")).status_code == 204
    assert (await admin.get("/users/ann")).status_code == 404
    assert served.parts.repository.workspaces.projects("ann") == []
    assert {each["action"] for each in await entries(admin, "user")} >= {"user.create", "user.roles", "user.remove"}


async def test_the_last_administrator_stays(admin: httpx.AsyncClient) -> None:
    for answer in (await admin.delete("/users/root"), await admin.patch("/users/root", json={"roles": []})):
        assert (answer.status_code, answer.json()["code"]) == (409, "identity.lastAdministrator")


async def test_whoever_changes_their_own_password_knows_it(admin: httpx.AsyncClient, served: Installation) -> None:
    ann = served.client(served.add_user("ann", password="the first password"))
    for body in ({"password": NEW_PASSWORD}, {"password": NEW_PASSWORD, "current": "a wrong password"}):
        assert (await ann.put("/users/ann/password", json=body)).status_code == 403
    right = {"password": NEW_PASSWORD, "current": "the first password"}
    assert (await ann.put("/users/ann/password", json=right)).status_code == 204
    assert (await ann.put("/users/root/password", json=right)).status_code == 403
    assert (await admin.put("/users/ann/password", json={"password": PASSWORD + "!"})).status_code == 204
    assert (await admin.put("/users/root/password", json={"password": NEW_PASSWORD})).status_code == 403


async def test_a_token_is_shown_once_works_and_ends(admin: httpx.AsyncClient, served: Installation) -> None:
    ann = served.client(served.add_user("ann", "developer"))
    expires = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    made = (await ann.post("/tokens", json={"name": "laptop", "scopes": ["workspace"], "expires": expires})).json()
    assert (made["user"], made["kind"], made["scopes"]) == ("ann", "personal", ["workspace"])
    limited = served.client(made["token"])
    assert (await limited.get("/workspace")).status_code == 200
    assert (await limited.get("/registry")).status_code == 403
    listed = (await ann.get("/tokens")).json()["items"]
    assert {each["name"] for each in listed} == {"test", "laptop"}
    assert "token" not in listed[0]
    assert (await ann.get("/tokens", params={"user": "root"})).status_code == 403
    assert {each["user"] for each in (await admin.get("/tokens")).json()["items"]} == {"ann", "root"}
    assert (await ann.delete(f"/tokens/{made['id']}")).status_code == 204
    assert (await limited.get("/workspace")).status_code == 401
    foreign = (await admin.get("/tokens", params={"user": "root"})).json()["items"][0]["id"]
    assert (await ann.delete(f"/tokens/{foreign}")).status_code == 404


async def test_only_those_who_may_make_tokens_of_services(admin: httpx.AsyncClient, served: Installation) -> None:
    service = {"kind": "service", "name": "ci", "roles": ["publisher"], "projects": ["shop"]}
    ann = served.client(served.add_user("ann", "publisher"))
    assert (await ann.post("/tokens", json=service)).status_code == 403
    made = (await admin.post("/tokens", json=service)).json()
    assert (made["user"], made["roles"]) == ("ci", ["publisher"])
    who = (await served.client(made["token"]).get("/session")).json()
    assert (who["user"], who["kind"]) == ("ci", "service")
    roles = await admin.post("/tokens", json={"name": "mine", "roles": ["viewer"]})
    assert (roles.status_code, roles.json()["errors"][0]["field"]) == (400, "body.roles")


async def test_members_are_set_and_read(admin: httpx.AsyncClient, served: Installation) -> None:
    served.add_user("ann")
    wanted = {"members": [{"user": "ann", "roles": ["publisher"]}]}
    assert (await admin.put("/projects/shop/members", json=wanted)).json() == wanted
    assert (await admin.get("/projects/shop/members")).json() == wanted
    twice = {"members": [*wanted["members"], *wanted["members"]]}
    assert (await admin.put("/projects/shop/members", json=twice)).status_code == 400
    [entry] = await entries(admin, "members.change")
    assert entry["target"] == "shop"


async def test_secrets_are_kept_and_never_shown(admin: httpx.AsyncClient) -> None:
    kept = await admin.put("/secrets/shop.key", json={"value": "hunter2-hunter2"})
    assert (kept.json()["name"], kept.json()["source"], kept.json()["by"]) == ("shop.key", "database", "root")
    listed = await admin.get("/secrets")
    assert [each["name"] for each in listed.json()["items"]] == ["shop.key"]
    assert (await admin.delete("/secrets/shop.key")).status_code == 204
    assert (await admin.delete("/secrets/shop.key")).status_code == 404
    refused = await admin.put("/secrets/.x", json={"value": "hunter2-hunter2"})
    assert refused.json()["code"] == "secrets.name"
    noted = await admin.get("/audit", params={"action": "secret"})
    assert [each["action"] for each in noted.json()["items"]] == ["secret.remove", "secret.set"]
    assert "hunter2" not in kept.text + listed.text + refused.text + noted.text


async def test_the_audit_log_is_read_in_pages_and_by_what_is_looked_for(
    admin: httpx.AsyncClient, served: Installation
) -> None:
    for number in range(5):
        served.parts.identity.audit.note(None, f"u{number}", Action.SECRET_SET, "key")
    first = (await admin.get("/audit", params={"limit": 3, "target": "key"})).json()
    second = (await admin.get("/audit", params={"limit": 3, "target": "key", "cursor": first["next"]})).json()
    assert [each["actor"] for each in first["items"] + second["items"]] == ["u4", "u3", "u2", "u1", "u0"]
    assert second["next"] is None
    assert (await admin.get("/audit", params={"since": "2999-01-01T00:00:00Z"})).json()["items"] == []
    assert (await admin.get("/audit", params={"cursor": "here"})).status_code == 400


async def test_settings_are_told_without_secrets(tmp_path: Any) -> None:
    secret: dict[str, Any] = {
        "secret_key": "hunter2-1", "oidc_client_secret": "hunter2-2", "oidc_issuer": "https://login.example.com",
    }  # fmt: skip
    with installation(tmp_path / "flows", tmp_path / "home", settings=secret) as served:
        answer = await served.client().get("/settings", params={"limit": 200})
    found = {each["name"]: each for each in answer.json()["items"]}
    assert "hunter2" not in answer.text
    assert (found["secret_key"]["value"], found["secret_key"]["source"]) == (MASK, "option")
    assert (found["port"]["value"], found["port"]["source"]) == ("8080", "default")
    assert found["max_body"]["variable"] == "AIRDOCK_MAX_BODY"
    assert found["max_body"]["description"]
