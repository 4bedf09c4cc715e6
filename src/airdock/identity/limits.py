"""What a token can be limited to."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from airdock.identity.errors import IdentityError
from airdock.identity.names import check_project, shown
from airdock.identity.permissions import Permission, unknown_permissions
from airdock.identity.principal import Principal

MOST_PROJECTS = 200
LONGEST_LIFE = 100 * 365 * 86400.0


class Limits(msgspec.Struct, frozen=True):
    """Permissions and projects that a token is limited to; None for no limit."""

    scopes: frozenset[Permission] | None
    projects: frozenset[str] | None


def check_scopes(scopes: Iterable[str] | None) -> frozenset[Permission] | None:
    """
    Raises:
        IdentityError: `identity.scope`
    """
    if scopes is None:
        return None
    given = frozenset(scopes)
    unknown = unknown_permissions(given)
    if unknown or not given:
        wrong = f"{shown(unknown[0])} is no scope" if unknown else "a token without any scope could do nothing"
        raise IdentityError("identity.scope", f"{wrong}; these are: {', '.join(Permission)}")
    return frozenset(Permission(scope) for scope in given)


def check_within(by: Principal, limits: Limits) -> Limits:
    """Limits that give a token no more than the token has by which it is made.

    Raises:
        IdentityError: `identity.forbidden`, `identity.scope`
    """
    for project in limits.projects or ():
        check_project(project)
    if limits.projects is not None and not 0 < len(limits.projects) <= MOST_PROJECTS:
        raise IdentityError("identity.scope", f"a token is limited to 1 to {MOST_PROJECTS} projects, or to none at all")
    if not _within(limits.scopes, by.scopes) or not _within(limits.projects, by.projects):
        message = "a token makes only tokens that are limited as it is itself: name its scopes and projects, or fewer"
        raise IdentityError("identity.forbidden", message)
    return limits


def check_expiry(expires: datetime | None, now: float) -> float | None:
    """
    Raises:
        IdentityError: `identity.expiry`
    """
    if expires is None:
        return None
    if expires.tzinfo is None:
        raise IdentityError("identity.expiry", "the time when the token expires needs an offset, such as Z")
    if expires.timestamp() > now + LONGEST_LIFE:
        raise IdentityError("identity.expiry", "the token would expire in more than 100 years: leave the time out")
    if expires.timestamp() <= now:
        raise IdentityError("identity.expiry", "the time when the token expires is over already")
    return expires.timestamp()


def _within(
    wanted: frozenset[str] | frozenset[Permission] | None, limit: frozenset[str] | frozenset[Permission] | None
) -> bool:
    return limit is None or (wanted is not None and wanted <= limit)
