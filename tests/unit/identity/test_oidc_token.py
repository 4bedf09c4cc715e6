"""Id tokens by a provider that lies."""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc.jwk import Key, RSAKey

from airdock.identity import IdentityError
from airdock.identity.oidc_provider import Provider
from airdock.identity.oidc_settings import OidcSettings
from airdock.identity.oidc_token import ALGORITHMS, verify
from tests.unit.identity.oidc_provider import CLIENT, FakeProvider, key_for, serving, signed
from tests.unit.identity.test_users import refused

NONCE = "the nonce of this sign-in"


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with serving(FakeProvider()) as made:
        made.asked = Provider(OidcSettings(issuer=made.issuer, client_id=CLIENT))
        yield made
        made.asked.close()


def verified(provider: FakeProvider) -> dict[str, Any]:
    token = provider.token({"client_id": CLIENT, "nonce": NONCE})
    return verify(token, provider.asked, OidcSettings(issuer=provider.issuer, client_id=CLIENT), NONCE, time.time())


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_token_is_accepted_by_asymmetric_signatures(provider: FakeProvider, algorithm: str) -> None:
    provider.algorithm, provider.key = algorithm, key_for(algorithm, "other")
    provider.published = [*provider.published, provider.key]
    assert verified(provider)["preferred_username"] == "ann"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": "https://evil.example.com"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "another-client"}, "aud"),
        ({"aud": ["another-client"]}, "aud"),
        ({"aud": [CLIENT, "another-client"]}, "another client"),
        ({"aud": None}, "aud"),
        ({"azp": "another-client"}, "another client"),
        ({"exp": 1000}, "expired"),
        ({"exp": None}, "exp"),
        ({"exp": "tomorrow"}, "exp"),
        ({"iat": int(time.time()) + 3600}, "future"),
        ({"iat": None}, "iat"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub|nobody"),
        ({"sub": "x" * 256}, "nobody"),
        ({"sub": 7}, "sub"),
        ({"nonce": "another"}, "another sign-in"),
        ({"nonce": None}, "another sign-in"),
        ({"nonce": 7}, "another sign-in"),
    ],
)
def test_token_with_a_wrong_claim_is_refused(provider: FakeProvider, claims: dict[str, Any], reason: str) -> None:
    provider.claims = claims
    with pytest.raises(IdentityError, match=reason) as caught:
        verified(provider)
    assert (caught.value.code, caught.value.status) == ("identity.oidcToken", 401)


def test_clocks_may_differ_by_a_minute(provider: FakeProvider) -> None:
    now = int(time.time())
    provider.claims = {"exp": now - 50, "iat": now + 50}
    assert verified(provider)["preferred_username"] == "ann"


def test_signature_by_a_foreign_key_is_refused(provider: FakeProvider) -> None:
    for kid in ("first", "unknown"):
        provider.key = RSAKey.generate_key(2048, {"kid": kid})
        with refused("identity.oidcToken"):
            verified(provider)


def _part(document: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def _signed_with_the_public_key(claims: dict[str, Any], key: Key) -> str:
    assert isinstance(key, RSAKey)
    content = f"{_part({'alg': 'HS256', 'kid': 'first'})}.{_part(claims)}"
    signature = hmac.digest(key.as_pem(private=False), content.encode(), "sha256")
    return f"{content}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def test_tokens_without_a_real_signature_are_refused(provider: FakeProvider) -> None:
    forgeries = [
        lambda claims: f"{_part({'alg': 'none'})}.{_part(claims)}.",
        lambda claims: f"{_part({'alg': 'none', 'kid': 'first'})}.{_part(claims)}.",
        lambda claims: _signed_with_the_public_key(claims, provider.key),
        lambda claims: f"{_part({'alg': ['RS256']})}.{_part(claims)}.x",
        lambda claims: f"{_part({})}.{_part(claims)}.x",
        lambda claims: _part(claims),
        lambda claims: "ü.ü.ü",
        lambda claims: "",
        lambda claims: "x" * 70_000,
    ]
    for forgery in forgeries:
        provider.make_token = forgery
        with refused("identity.oidcToken"):
            verified(provider)


def test_key_inside_the_token_is_not_trusted(provider: FakeProvider) -> None:
    evil = key_for("RS256", "evil")
    header = {"alg": "RS256", "jwk": evil.as_dict(private=False), "kid": "evil"}
    provider.make_token = lambda claims: signed(header, claims, evil)
    with refused("identity.oidcToken"):
        verified(provider)


def test_keys_that_changed_are_fetched_once(provider: FakeProvider) -> None:
    verified(provider)
    provider.key = key_for("RS256", "second")
    provider.published = [provider.key]
    provider.requests.clear()
    assert verified(provider)["preferred_username"] == "ann"
    assert verified(provider)["preferred_username"] == "ann"
    assert [path for _, path, _ in provider.requests].count("/keys") == 1


def test_key_without_a_name_is_found_by_trying(provider: FakeProvider) -> None:
    provider.published = [key_for("RS256", "other"), provider.key]
    provider.make_token = lambda claims: signed({"alg": "RS256"}, claims, provider.key)
    assert verified(provider)["preferred_username"] == "ann"


def test_what_is_no_signing_key_is_passed_over(provider: FakeProvider) -> None:
    listed = [
        *({"kty": "oct", "k": "AAAA", "kid": "first"}, {"kty": "future"}, {"kty": "RSA", "kid": "broken"}, "nonsense"),
        provider.key.as_dict(private=False),
    ]
    provider.answers["/keys"] = (200, json.dumps({"keys": listed}).encode())
    assert verified(provider)["preferred_username"] == "ann"
