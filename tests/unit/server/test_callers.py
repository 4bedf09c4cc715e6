"""Who calls a flow, by what a request carries."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from airdock.api.session import COOKIE
from airdock.errors import FlowError
from airdock.identity import LOCAL, Permission, Principal
from airdock.server.callers import InstallationCallers
from airdock.server.installation import Installation
from airdock.server.settings import Settings
from airdock.triggers.http import BufferedRequest, Caller

SECURED = "/services/flow-secured/p/a.flow"
LOCALLY = [("host", "localhost:8080")]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(Settings(home=tmp_path))
    made.database.open()
    yield made
    made.close()


@pytest.fixture
def ann(installation: Installation) -> str:
    """Ann, an administrator; her password."""
    installation.identity.users.create(
        "ann", password="correct horse battery", roles=["administrator", "sales"], by="test"
    )
    return "correct horse battery"


class Request(BufferedRequest):
    remote = "127.0.0.1"


def request(*fields: tuple[str, str], path: str = SECURED, method: str = "GET", remote: str = "127.0.0.1") -> Request:
    made = Request(method, path, headers=[*fields])
    made.remote = remote
    return made


def basic(user: str, password: str) -> tuple[str, str]:
    return "authorization", "Basic " + b64encode(f"{user}:{password}".encode()).decode()


async def found(
    installation: Installation, *fields: tuple[str, str], sessions: bool = False, **rest: Any
) -> Caller | None:
    return await InstallationCallers(installation.authenticator, sessions=sessions).find(request(*fields, **rest))


async def test_the_person_at_this_machine_while_there_is_no_user(installation: Installation) -> None:
    caller = await found(installation, *LOCALLY)
    assert caller is not None
    assert (caller.name, caller.every_role) == (LOCAL.name, True)
    for fields, remote in (
        ([("host", "example.com")], "127.0.0.1"),
        (LOCALLY, "10.0.0.7"),
        ([*LOCALLY, ("x-forwarded-for", "10.0.0.7")], "127.0.0.1"),
        ([*LOCALLY, ("forwarded", "for=10.0.0.7")], "127.0.0.1"),
        ([*LOCALLY, ("origin", "https://example.com")], "127.0.0.1"),
        ([*LOCALLY, ("origin", "http://localhost:8080"), ("sec-fetch-site", "cross-site")], "127.0.0.1"),
        ([*LOCALLY, ("authorization", "Bearer adk_no")], "127.0.0.1"),
        ([], "127.0.0.1"),
    ):
        assert await found(installation, *fields, remote=remote) is None, fields


async def test_nobody_is_let_in_without_signing_in_once_there_is_a_user(installation: Installation, ann: str) -> None:
    assert await found(installation, *LOCALLY) is None


async def test_names_and_passwords(installation: Installation, ann: str) -> None:
    for _ in range(2):
        assert await found(installation, basic("ann", ann)) == Caller("ann", frozenset(("administrator", "sales")))
    assert await found(installation, basic("ann", "wrong")) is None
    assert await found(installation, ("authorization", "Basic ???")) is None
    assert await found(installation, basic("ann", ann), basic("ann", ann)) is None


async def test_guessing_is_slowed_down(installation: Installation, ann: str) -> None:
    async def guess() -> None:
        for number in range(30):
            assert await found(installation, basic("ann", f"wrong{number}")) is None

    with pytest.raises(FlowError) as refused:
        await guess()
    assert (refused.value.code, refused.value.status) == ("identity.tooManyAttempts", 429)


async def test_tokens_and_what_they_are_limited_to(installation: Installation, ann: str) -> None:
    tokens = installation.identity.tokens
    owner = Principal("ann", frozenset(("administrator", "sales")))
    whole = tokens.create_personal(owner, "all")
    narrow = tokens.create_personal(owner, "reads", scopes=[Permission.REGISTRY_READ])
    caller = await found(installation, ("authorization", f"Bearer {whole.text}"))
    assert caller is not None
    assert caller.name == "ann"
    with pytest.raises(FlowError) as refused:
        await found(installation, ("authorization", f"Bearer {narrow.text}"))
    assert refused.value.code == "request.forbidden"
    assert await found(installation, ("authorization", "Bearer adk_unknown")) is None
    assert await found(installation, ("authorization", f"Digest {whole.text}")) is None


async def test_cookies_count_on_the_management_port_and_for_its_own_pages(installation: Installation, ann: str) -> None:
    signed_in = installation.identity.sign_in("ann", ann)
    assert signed_in is not None
    cookie = ("cookie", f"other=1; {COOKIE}={signed_in.cookie}")
    host = ("host", "admin.example.com")
    own = [
        ((), "GET"),
        ((("sec-fetch-site", "same-origin"),), "POST"),
        ((("sec-fetch-site", "none"),), "GET"),
        ((("origin", "https://admin.example.com"),), "POST"),
    ]
    foreign = [
        ((), "POST"),
        ((("sec-fetch-site", "cross-site"),), "GET"),
        ((("sec-fetch-site", "same-site"),), "GET"),
        ((("origin", "https://example.com"),), "POST"),
    ]
    for fields, method in own:
        caller = await found(installation, host, cookie, *fields, method=method, sessions=True)
        assert caller is not None, fields
        assert caller.name == "ann"
    for fields, method in foreign:
        assert await found(installation, host, cookie, *fields, method=method, sessions=True) is None, fields
    assert await found(installation, host, cookie) is None


async def test_a_sandbox_needs_the_permission_for_it(installation: Installation, ann: str) -> None:
    installation.identity.users.create("eve", password="another long password", by="ann")
    path = "/services/flow-sandbox/eve/p/a.flow"
    with pytest.raises(FlowError) as refused:
        await found(installation, basic("eve", "another long password"), path=path)
    assert refused.value.code == "request.forbidden"
    assert await found(installation, basic("eve", "another long password")) is not None
    assert await found(installation, basic("ann", ann), path=path) is not None


async def test_without_the_database_nobody_is_known(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    installation = Installation(Settings(home=tmp_path / "home"))
    with pytest.raises(FlowError) as refused:
        await found(installation, *LOCALLY)
    assert (refused.value.code, refused.value.status) == ("database.unavailable", 503)
