"""Signing in at a provider: a real one, and one that lies."""

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from airdock.database import Database
from airdock.identity import Identity, IdentityError
from airdock.identity.identity import SignedIn
from airdock.identity.oidc import OidcSettings, OpenIdConnect
from tests.unit.identity.oidc_provider import (
    CLIENT,
    SECRET,
    FakeProvider,
    real_authorize,
    real_provider,
    serving,
)
from tests.unit.identity.people import FAST, PASSWORD, Clock
from tests.unit.identity.test_users import refused

BACK = "http://127.0.0.1:8081/api/v1/session/oidc/callback"


@pytest.fixture
def clock() -> Clock:
    """Near the time of the providers."""
    made = Clock()
    made.seconds = time.time()
    return made


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with serving(FakeProvider()) as made:
        yield made


@pytest.fixture
def oidc(identity: Identity, root: str, provider: FakeProvider) -> Iterator[OpenIdConnect]:
    with signing_in(identity, provider.issuer) as made:
        yield made


@contextmanager
def signing_in(identity: Identity, issuer: str, **settings: Any) -> Iterator[OpenIdConnect]:
    values = {"client_id": CLIENT, "client_secret": SECRET} | settings
    made = OpenIdConnect(identity, OidcSettings(issuer=issuer, **values))
    yield made
    made.close()


def sign_in(oidc: OpenIdConnect, provider: FakeProvider) -> SignedIn:
    url, cookie = oidc.begin(BACK)
    return oidc.finish(cookie, provider.authorize(url), BACK, "192.0.2.1")


# The real provider.


@pytest.fixture(scope="module")
def real() -> Iterator[str]:
    people: dict[str, dict[str, Any]] = {
        "zoe": {"preferred_username": "Zoë", "email": "zoe@example.com", "roles": ["publisher", "Sales"]},
        "bob": {"email": "Bob@Example.com", "name": "Bob B.", "roles": "viewer, User"},
    }
    with real_provider(people) as issuer:
        yield issuer


def test_person_signs_in_at_a_real_provider(identity: Identity, root: str, real: str) -> None:
    with signing_in(identity, real) as oidc:
        url, cookie = oidc.begin(BACK)
        signed_in = oidc.finish(cookie, real_authorize(url, "zoe"), BACK, "192.0.2.1")
    assert signed_in.principal.name == "zoe"
    assert signed_in.principal.roles == frozenset({"publisher", "Sales"})
    assert identity.sessions.resolve(signed_in.cookie) == (signed_in.principal, signed_in.session)
    user = identity.users.get("zoe")
    assert (user.email, user.external, user.has_password) == ("zoe@example.com", True, False)
    noted = [(each.action, each.actor) for each in identity.audit.list(target="zoe").items]
    assert noted == [("session.begin", "zoe"), ("user.create", "zoe")]


def test_name_and_roles_come_from_what_there_is(identity: Identity, root: str, real: str) -> None:
    with signing_in(identity, real) as oidc:
        url, cookie = oidc.begin(BACK)
        signed_in = oidc.finish(cookie, real_authorize(url, "bob"), BACK)
    assert signed_in.principal.name == "bob@example.com"
    assert signed_in.principal.roles == frozenset({"viewer", "User"})
    assert identity.users.get("bob@example.com").display_name == "Bob B."


def test_code_is_good_once(identity: Identity, root: str, real: str) -> None:
    with signing_in(identity, real) as oidc:
        url, cookie = oidc.begin(BACK)
        query = real_authorize(url, "zoe")
        oidc.finish(cookie, query, BACK)
        with refused("identity.oidcRefused"):
            oidc.finish(cookie, query, BACK)


def test_person_who_refuses_is_told_so(identity: Identity, root: str, real: str) -> None:
    with signing_in(identity, real) as oidc:
        url, cookie = oidc.begin(BACK)
        query = real_authorize(url, "")
        state = dict(parse_qsl(urlsplit(url).query))["state"]
        with pytest.raises(IdentityError, match="access_denied") as caught:
            oidc.finish(cookie, {"state": state, **query}, BACK)
    assert caught.value.code == "identity.oidcRefused"


# Who comes back must be who was sent.


def test_state_belongs_to_the_browser(oidc: OpenIdConnect, provider: FakeProvider) -> None:
    url, cookie = oidc.begin(BACK)
    other_url, other_cookie = oidc.begin(BACK)
    query = provider.authorize(url)
    for wrong in (other_cookie, "", "x", cookie[:-2], "\ud800"):
        with refused("identity.oidcState"):
            oidc.finish(wrong, query, BACK)
    for state in ("", "x", "\ud800"):
        with refused("identity.oidcState"):
            oidc.finish(cookie, {**query, "state": state}, BACK)
    with refused("identity.oidcState"):
        oidc.finish(cookie, {"code": query["code"]}, BACK)
    with refused("identity.oidcState"):
        oidc.finish(cookie, {"state": query["state"]}, BACK)
    with refused("identity.oidcState"):
        oidc.finish(cookie, query, BACK + "/elsewhere")
    assert oidc.finish(cookie, query, BACK).principal.name == "ann"
    assert other_url != url


def test_sign_in_must_not_take_long(oidc: OpenIdConnect, provider: FakeProvider, clock: Clock) -> None:
    url, cookie = oidc.begin(BACK)
    clock.go_on(601)
    with refused("identity.oidcState"):
        oidc.finish(cookie, provider.authorize(url), BACK)


def test_sign_in_begun_at_one_node_ends_at_another(
    oidc: OpenIdConnect, provider: FakeProvider, database: Database, clock: Clock
) -> None:
    url, cookie = oidc.begin(BACK)
    with signing_in(Identity(database, passwords=FAST, clock=clock), provider.issuer) as other:
        assert other.finish(cookie, provider.authorize(url), BACK).principal.name == "ann"


def test_code_alone_is_worth_nothing(oidc: OpenIdConnect, provider: FakeProvider) -> None:
    """Whoever gets hold of a code cannot prove that they asked for it."""
    stolen = provider.authorize(oidc.begin(BACK).url)
    url, cookie = oidc.begin(BACK)
    with pytest.raises(IdentityError, match="invalid_grant") as caught:
        oidc.finish(cookie, {**provider.authorize(url), "code": stolen["code"]}, BACK)
    assert caught.value.code == "identity.oidcRefused"


def test_answer_of_another_provider_is_refused(oidc: OpenIdConnect, provider: FakeProvider) -> None:
    url, cookie = oidc.begin(BACK)
    with refused("identity.oidcState"):
        oidc.finish(cookie, {**provider.authorize(url), "iss": "https://evil.example.com"}, BACK)


# The user.


def test_person_is_known_again_whatever_their_name_is(
    oidc: OpenIdConnect, provider: FakeProvider, identity: Identity
) -> None:
    sign_in(oidc, provider)
    provider.claims = {"preferred_username": "ann-lee", "email": "ann@example.com", "roles": ["viewer"]}
    signed_in = sign_in(oidc, provider)
    assert signed_in.principal.name == "ann"
    assert signed_in.principal.roles == frozenset({"viewer"})
    assert identity.users.get("ann").email == "ann@example.com"


def test_nobody_gets_what_belongs_to_another_of_their_name(
    oidc: OpenIdConnect, provider: FakeProvider, identity: Identity, root: str
) -> None:
    identity.users.create("ann", password=PASSWORD, roles=["publisher"], by=root)
    assert sign_in(oidc, provider).principal.name == "ann-2"
    provider.claims = {"sub": "subject-2"}
    assert sign_in(oidc, provider).principal.name == "ann-3"
    provider.claims = {"sub": "subject-3", "preferred_username": "root", "roles": []}
    assert sign_in(oidc, provider).principal.name == "root-2"
    assert identity.users.get("ann").roles == {"publisher"}
    assert not identity.users.get("ann").external


def test_disabled_user_is_told(oidc: OpenIdConnect, provider: FakeProvider, identity: Identity, root: str) -> None:
    sign_in(oidc, provider)
    identity.users.change("ann", disabled=True, by=root)
    with pytest.raises(IdentityError, match="disabled") as caught:
        sign_in(oidc, provider)
    assert caught.value.status == 403
    assert identity.audit.list(action="session.failed").items[0].details == {"reason": "disabled"}
    assert identity.users.get("ann").disabled


def test_first_user_must_be_an_administrator(identity: Identity, provider: FakeProvider) -> None:
    with signing_in(identity, provider.issuer) as oidc:
        with refused("identity.lastAdministrator"):
            sign_in(oidc, provider)
        assert not identity.users.exist()
        provider.claims = {"roles": ["administrator"]}
        assert sign_in(oidc, provider).principal.is_administrator


def test_provider_does_not_take_the_last_administrator(identity: Identity, provider: FakeProvider) -> None:
    with signing_in(identity, provider.issuer) as oidc:
        provider.claims = {"roles": ["administrator"]}
        sign_in(oidc, provider)
        provider.claims = {"roles": ["viewer"]}
        assert sign_in(oidc, provider).principal.roles == frozenset({"administrator", "viewer"})
    assert identity.users.has_administrator()


@pytest.mark.parametrize(
    ("claim", "claims", "roles"),
    [
        ("groups", {"groups": ["a b", "", 7, "x" * 300, "publisher"]}, {"a b", "publisher"}),
        ("groups", {"groups": "viewer User,Sales"}, {"viewer", "User", "Sales"}),
        ("realm_access.roles", {"realm_access": {"roles": ["viewer"]}}, {"viewer"}),
        ("https://example.com/roles", {"https://example.com/roles": ["viewer"]}, {"viewer"}),
        ("groups", {"groups": {"viewer": True}}, set()),
        ("groups", {}, set()),
    ],
)
def test_roles_are_those_of_the_claim(
    identity: Identity, root: str, provider: FakeProvider, claim: str, claims: dict[str, Any], roles: set[str]
) -> None:
    provider.claims = claims
    with signing_in(identity, provider.issuer, roles_claim=claim) as oidc:
        assert set(sign_in(oidc, provider).principal.roles) == roles


@pytest.mark.parametrize("claim", ["", "none"])
def test_without_a_claim_roles_are_given_here(
    identity: Identity, root: str, provider: FakeProvider, claim: str
) -> None:
    with signing_in(identity, provider.issuer, roles_claim=claim) as oidc:
        assert sign_in(oidc, provider).principal.roles == frozenset()
        identity.users.change("ann", roles=["publisher"], by=root)
        assert sign_in(oidc, provider).principal.roles == frozenset({"publisher"})


def test_more_is_asked_where_the_token_says_little(oidc: OpenIdConnect, provider: FakeProvider) -> None:
    provider.claims = {"preferred_username": None, "roles": None}
    provider.userinfo = {"sub": "subject-1", "preferred_username": "zoe", "roles": ["viewer"], "nonce": "evil"}
    signed_in = sign_in(oidc, provider)
    assert signed_in.principal.name == "zoe"
    assert signed_in.principal.roles == frozenset({"viewer"})
    provider.userinfo["sub"] = "somebody-else"
    provider.userinfo["roles"] = ["administrator"]
    assert sign_in(oidc, provider).principal.roles == frozenset()


# The client.


def test_client_shows_its_secret_as_the_provider_wants_it(
    identity: Identity, root: str, provider: FakeProvider
) -> None:
    def shown(secret: str, methods: list[str]) -> dict[str, str]:
        provider.metadata = {"token_endpoint_auth_methods_supported": methods}
        with signing_in(identity, provider.issuer, client_secret=secret) as oidc:
            sign_in(oidc, provider)
        return next(sent for _, path, sent in reversed(provider.requests) if path == "/token")

    basic = shown("a:b %", ["client_secret_post", "client_secret_basic"])
    assert base64.b64decode(basic["authorization"].removeprefix("Basic ")).decode() == "airdock:a%3Ab+%25"
    assert "client_secret" not in basic
    form = shown("a:b %", ["client_secret_post"])
    assert (form["client_id"], form["client_secret"], form["authorization"]) == (CLIENT, "a:b %", "")
    public = shown("", ["none"])
    assert (public["client_id"], public["authorization"]) == (CLIENT, "")
    assert "client_secret" not in public


def test_nothing_secret_is_shown(oidc: OpenIdConnect, provider: FakeProvider) -> None:
    settings = OidcSettings(issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET)
    begun = oidc.begin(BACK)
    signed_in = oidc.finish(begun.cookie, provider.authorize(begun.url), BACK)
    shown = [settings, begun, signed_in, signed_in.session, oidc]
    provider.answers["/token"] = (500, SECRET.encode())
    with pytest.raises(IdentityError) as caught:
        sign_in(oidc, provider)
    text = "".join(f"{each!r}{each!s}" for each in (*shown, caught.value, caught.value.__cause__))
    for secret in (SECRET, begun.cookie, signed_in.cookie, signed_in.session.csrf, "geheim-access", "nonce="):
        assert secret not in text
