"""A provider that does not do what it should."""

import base64
import hashlib
import socket
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from airdock.identity import IdentityError
from airdock.identity.oidc_provider import Provider
from airdock.identity.oidc_settings import OidcSettings
from tests.unit.identity.oidc_provider import CLIENT, SECRET, FakeProvider, serving
from tests.unit.identity.test_users import refused

VERIFIER = "x" * 43
PROOF = {
    "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode(),
    "code_challenge_method": "S256",
}


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with serving(FakeProvider()) as made:
        yield made


@pytest.fixture
def asked(provider: FakeProvider) -> Iterator[Provider]:
    made = Provider(OidcSettings(issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET))
    yield made
    made.close()


def ask_everything(asked: Provider, provider: FakeProvider) -> None:
    url = "http://x/?" + urlencode({"state": "s", "client_id": CLIENT, "nonce": "n", "redirect_uri": "r", **PROOF})
    asked.keys(anew=True)
    tokens = asked.redeem(provider.authorize(url)["code"], VERIFIER, "r")
    asked.userinfo(tokens.access_token)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/.well-known/openid-configuration", (500, b"")),
        ("/.well-known/openid-configuration", (404, b"{}")),
        ("/.well-known/openid-configuration", (200, b"<html>")),
        ("/.well-known/openid-configuration", (200, b"[]")),
        ("/.well-known/openid-configuration", (200, b'{"issuer": 7}')),
        ("/.well-known/openid-configuration", (302, b"http://127.0.0.1:1/")),
        ("/.well-known/openid-configuration", (200, b"x" * 2_000_000)),
        ("/keys", (503, b"{}")),
        ("/keys", (200, b'{"keys": 7}')),
        ("/token", (502, b"")),
        ("/token", (200, b"{}")),
        ("/token", (200, b'{"id_token": 7}')),
        ("/userinfo", (500, b"")),
    ],
)
def test_provider_that_does_not_answer_as_it_should_is_told(
    asked: Provider, provider: FakeProvider, path: str, answer: tuple[int, bytes]
) -> None:
    provider.answers[path] = answer
    with pytest.raises(IdentityError, match="cannot be asked") as caught:
        ask_everything(asked, provider)
    assert (caught.value.code, caught.value.status) == ("identity.oidcUnavailable", 502)
    provider.answers.clear()
    ask_everything(asked, provider)


def test_provider_that_is_not_there_is_told() -> None:
    asked = Provider(OidcSettings(issuer="http://127.0.0.1:1", client_id=CLIENT))
    with refused("identity.oidcUnavailable"):
        asked.metadata()
    asked.close()


def test_provider_that_is_silent_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        issuer = f"http://127.0.0.1:{silent.getsockname()[1]}"
        asked = Provider(OidcSettings(issuer=issuer, client_id=CLIENT, timeout=0.2))
        with pytest.raises(IdentityError, match="ReadTimeout"):
            asked.metadata()
        asked.close()


def test_other_issuer_than_set_is_told(asked: Provider, provider: FakeProvider) -> None:
    provider.metadata = {"issuer": "https://evil.example.com"}
    with pytest.raises(IdentityError, match=r"evil\.example\.com") as caught:
        asked.metadata()
    assert caught.value.code == "identity.oidcConfiguration"


@pytest.mark.parametrize("field", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_provider_is_asked_where_nobody_listens_in(asked: Provider, provider: FakeProvider, field: str) -> None:
    provider.metadata = {field: "http://evil.example.com/x"}
    with pytest.raises(IdentityError, match="https://") as caught:
        asked.metadata()
    assert caught.value.code == "identity.oidcConfiguration"


@pytest.mark.parametrize(
    "issuer",
    [
        "http://login.example.com",
        "login.example.com",
        "ftp://x",
        "",
        "https://",
        "http://[x",
        "https://u:p@example.com",
    ],
)
def test_issuer_must_be_reached_by_https(issuer: str) -> None:
    with refused("identity.oidcConfiguration"):
        OidcSettings(issuer=issuer, client_id=CLIENT).check()


def test_client_id_must_be_set() -> None:
    with refused("identity.oidcConfiguration"):
        OidcSettings(issuer="https://login.example.com", client_id="").check()


def test_client_that_is_not_accepted_is_told(asked: Provider, provider: FakeProvider) -> None:
    provider.answers["/token"] = (401, b'{"error": "invalid_client"}')
    with pytest.raises(IdentityError, match="id and secret") as caught:
        ask_everything(asked, provider)
    assert caught.value.code == "identity.oidcConfiguration"
