"""What the claims of a provider say of a person."""

import re
from typing import Any

import msgspec

from airdock.identity.names import MOST_ROLES, is_plain, safe_name

_BETWEEN = re.compile(r"[\s,]+")


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A person as the provider describes them.

    Attributes:
        issuer, subject: Who they are, whatever else changes.
        name: The allowed name nearest to the one that they have at the provider.
        roles: None where roles are given here.
    """

    issuer: str
    subject: str
    name: str
    display_name: str
    email: str
    roles: frozenset[str] | None


def person_of(claims: dict[str, Any], roles_claim: str) -> Person:
    return Person(
        issuer=claims["iss"],
        subject=claims["sub"],
        name=safe_name(next(filter(None, (_text(claims, key) for key in _NAMES)), claims["sub"])),
        display_name=_text(claims, "name"),
        email=_text(claims, "email"),
        roles=roles_of(claims, roles_claim) if roles_claim else None,
    )


def is_complete(claims: dict[str, Any], roles_claim: str) -> bool:
    """Whether the claims say all that is asked for, so that there is nothing more to ask."""
    return any(_text(claims, key) for key in _NAMES[:2]) and (not roles_claim or _find(claims, roles_claim) is not None)


def roles_of(claims: dict[str, Any], roles_claim: str) -> frozenset[str]:
    """The roles that a claim lists: a list of texts, or one text with spaces or commas between them.

    What cannot be a role is left out. A claim that is not there gives none.
    """
    found = _find(claims, roles_claim)
    listed = _BETWEEN.split(found) if isinstance(found, str) else found if isinstance(found, list) else []
    fitting = [role for role in listed if isinstance(role, str) and is_plain(role)]
    return frozenset(fitting[:MOST_ROLES])


_NAMES = ("preferred_username", "email", "name")


def _text(claims: dict[str, Any], key: str) -> str:
    value = claims.get(key)
    return value if isinstance(value, str) and is_plain(value) else ""


def _find(claims: dict[str, Any], path: str) -> Any:
    """The claim of this name, which may hold dots, or else the one that the dots lead to."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found
