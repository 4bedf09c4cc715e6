"""Whether a caller may do something: roles, the members of the project, and the limits of the token, together."""

from collections.abc import Mapping

from airdock.identity.permissions import OF_PROJECTS, Permission, Role, permitted
from airdock.identity.principal import Principal

Members = Mapping[str, frozenset[str]]
"""The members of one project: name → roles in it."""
Lists = Mapping[str, Members]
"""Every project that has members → its members."""

_NO_LISTS: Lists = {}


def may(principal: Principal, permission: Permission, project: str | None = None, lists: Lists = _NO_LISTS) -> bool:
    """Whether the caller may do this with the project, or, without one, with the installation as a whole.

    Args:
        lists: The members of the projects that have some; `Authenticator.may` gives the present ones.
    """
    return permission in permissions_of(principal, project, lists)


def permissions_of(principal: Principal, project: str | None = None, lists: Lists = _NO_LISTS) -> frozenset[Permission]:
    """All that the caller may do with the project, or with the installation as a whole."""
    allowed = _by_roles(principal, project, lists)
    if principal.scopes is not None:
        allowed &= principal.scopes
    if principal.projects is not None and project not in principal.projects:
        return frozenset()
    return allowed & OF_PROJECTS if principal.projects is not None else allowed


def may_somewhere(principal: Principal, permission: Permission, lists: Lists = _NO_LISTS) -> bool:
    """Whether the caller may do this with the installation or with at least one project that could be.

    It is what a list over projects asks for before it leaves out those that the caller does not see.
    """
    if may(principal, permission, None, lists):
        return True
    if principal.projects is not None:
        return any(may(principal, permission, project, lists) for project in principal.projects)
    own = (project for project, members in lists.items() if principal.name in members)
    return any(may(principal, permission, project, lists) for project in own)


def sees(principal: Principal, project: str, lists: Lists = _NO_LISTS) -> bool:
    """Whether the project exists for the caller: others are told that there is none."""
    if principal.projects is not None and project not in principal.projects:
        return False
    members = lists.get(project)
    return not members or principal.is_administrator or principal.name in members


def _by_roles(principal: Principal, project: str | None, lists: Lists) -> frozenset[Permission]:
    members = lists.get(project) if project is not None else None
    if not members or principal.is_administrator:
        return permitted(principal.roles)
    if principal.name not in members:
        # Who may call a project's flows is for the flows to say; the rest of it they do not see.
        return permitted(frozenset())
    # A member sees the project at least. What is about the whole installation, the list neither gives nor takes.
    inside = permitted(members[principal.name] | {Role.VIEWER.value})
    return (inside & OF_PROJECTS) | (permitted(principal.roles) - OF_PROJECTS)
