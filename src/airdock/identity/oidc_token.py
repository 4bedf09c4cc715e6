"""Verifying id tokens (OpenID Connect Core, 3.1.3.7)."""

import hmac
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import Key

from airdock.identity.errors import IdentityError
from airdock.identity.oidc_provider import Provider
from airdock.identity.oidc_settings import OidcSettings

ALGORITHMS = {
    "RS256": "RSA",
    "RS384": "RSA",
    "RS512": "RSA",
    "PS256": "RSA",
    "PS384": "RSA",
    "PS512": "RSA",
    "ES256": "EC",
    "ES384": "EC",
    "ES512": "EC",
    "EdDSA": "OKP",
    "Ed25519": "OKP",
}
"""The algorithms that are accepted, each with the kind of its keys: signatures that only the provider can make."""
SKEW = 60
"""Seconds by which clocks may differ."""
LONGEST_TOKEN = 64 * 1024
LONGEST_SUBJECT = 255


class _Registry(jws.JWSRegistry):
    """Those algorithms and no others; headers that nobody asks for do not disturb."""

    max_header_length = 16 * 1024

    def get_alg(self, name: str) -> JWSAlgModel:
        # The library's own also warns of `EdDSA`, which is the same as `Ed25519` here and what providers write.
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not supported")
        return self.algorithms[name]


_REGISTRY = _Registry(strict_check_header=False)


def verify(token: str, provider: Provider, settings: OidcSettings, nonce: str, now: float) -> dict[str, Any]:
    """The claims of an id token.

    Args:
        nonce: What the sign-in was begun with.
        now: Seconds since 1970.

    Raises:
        IdentityError: `identity.oidcToken` for a token that proves nothing; those of `Provider`.
    """
    if len(token) > LONGEST_TOKEN:
        raise _refused("it is too long")
    try:
        header = jws.extract_compact(token.encode("ascii"), registry=_REGISTRY).headers()
        claims = _verified(token, header, provider)
        _check(claims, settings, now)
    except (JoseError, ValueError) as error:
        raise _refused(_reason(error)) from None
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(errors="replace"), nonce.encode()):
        raise _refused("it was made for another sign-in")
    return claims


def _verified(token: str, header: dict[str, Any], provider: Provider) -> dict[str, Any]:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise _refused("it is signed in a way that is not accepted")
    keys = _fitting(provider.keys(), header, algorithm) or _fitting(provider.keys(anew=True), header, algorithm)
    if not keys:
        raise _refused("it is signed with a key that the provider does not list")
    for key in keys[:-1]:
        try:
            return jwt.decode(token, key, [algorithm], registry=_REGISTRY).claims
        except JoseError:
            continue
    return jwt.decode(token, keys[-1], [algorithm], registry=_REGISTRY).claims


def _fitting(keys: list[Key], header: dict[str, Any], algorithm: str) -> list[Key]:
    kid = header.get("kid")
    return [
        key
        for key in keys
        if key.key_type == ALGORITHMS[algorithm]
        and key.get("alg", algorithm) == algorithm
        and (kid is None or key.get("kid") == kid)
    ]


def _check(claims: dict[str, Any], settings: OidcSettings, now: float) -> None:
    registry = jwt.JWTClaimsRegistry(
        now=int(now),
        leeway=SKEW,
        iss={"essential": True, "value": settings.issuer},
        aud={"essential": True, "value": settings.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
    registry.validate(claims)
    subject, audience, party = claims["sub"], claims["aud"], claims.get("azp")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise _refused("it names nobody")
    # A token for several clients says for which of them it was made.
    if party != settings.client_id and (party is not None or (isinstance(audience, list) and len(audience) > 1)):
        raise _refused("it was made for another client")


def _refused(reason: str) -> IdentityError:
    return IdentityError("identity.oidcToken", f"the provider's id token cannot be trusted: {reason}")


def _reason(error: Exception) -> str:
    # The library's words for what is wrong; a claim's value is not among them.
    words = getattr(error, "description", "") or type(error).__name__
    return str(words)[:200]
