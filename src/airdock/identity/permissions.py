"""Who may what: the built-in roles and the permissions that each of them gives, in one table."""

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache


class Role(StrEnum):
    """The built-in roles. A user may have others, too, which only flows and `.access` ask for."""

    ADMINISTRATOR = "administrator"
    PUBLISHER = "publisher"
    DEVELOPER = "developer"
    OPERATOR = "operator"
    VIEWER = "viewer"


class Permission(StrEnum):
    """What a caller can be allowed to do. The value is what the scopes of a token are written with."""

    ACCOUNT = "account"
    """Their own password, tokens and preferences."""
    FLOWS_CALL = "flows.call"
    """Calling protected flows; what each asks for beyond (roles) is looked at there."""
    WORKSPACE = "workspace"
    """Reading and changing their own workspace."""
    SANDBOX = "sandbox"
    """Activating, deactivating, and calling the flows of their own sandbox."""
    REGISTRY_READ = "registry.read"
    """Projects, releases, their files and differences, routes."""
    REGISTRY_PUBLISH = "registry.publish"
    REGISTRY_ROLLBACK = "registry.rollback"
    REGISTRY_UNPUBLISH = "registry.unpublish"
    RUNS_READ = "runs.read"
    RUNS_CANCEL = "runs.cancel"
    RUNS_RETRY = "runs.retry"
    LETTERS_READ = "letters.read"
    """What arrived at listeners and could not be worked off, unmasked."""
    LETTERS_WRITE = "letters.write"
    """Editing dead letters, sending them again, discarding them."""
    MESSAGES_READ = "messages.read"
    """Topics and queues of the hub, and what is in them."""
    MESSAGES_SEND = "messages.send"
    """Sending to the hub, and ending subscriptions."""
    ACTIVITIES_PAUSE = "activities.pause"
    """Pausing jobs and listeners."""
    ACTIVITIES_RUN = "activities.run"
    """Asking for runs of jobs."""
    AGENT_READ = "agent.read"
    SETTINGS_READ = "settings.read"
    SECRETS_READ = "secrets.read"
    """The names of secrets; nobody reads a value."""
    SECRETS_WRITE = "secrets.write"
    MEMBERS = "members"
    """Who may see a project, and with which roles."""
    USERS = "users"
    """Making, changing and removing users: with it, one can become anything."""
    TOKENS = "tokens"
    """Tokens of services, and those of others."""
    AUDIT_READ = "audit.read"


EVERYBODY = frozenset({Permission.ACCOUNT, Permission.FLOWS_CALL})
"""What every signed-in caller may do, whatever their roles."""

_VIEWER = EVERYBODY | {Permission.REGISTRY_READ, Permission.RUNS_READ}
_OPERATOR = _VIEWER | {
    Permission.RUNS_CANCEL,
    Permission.RUNS_RETRY,
    Permission.LETTERS_READ,
    Permission.LETTERS_WRITE,
    Permission.MESSAGES_READ,
    Permission.MESSAGES_SEND,
    Permission.ACTIVITIES_PAUSE,
    Permission.ACTIVITIES_RUN,
    Permission.AGENT_READ,
    Permission.SETTINGS_READ,
    Permission.SECRETS_READ,
}
_DEVELOPER = _VIEWER | {Permission.WORKSPACE, Permission.SANDBOX, Permission.AGENT_READ, Permission.SECRETS_READ}
_PUBLISHER = _DEVELOPER | {
    Permission.REGISTRY_PUBLISH,
    Permission.REGISTRY_ROLLBACK,
    Permission.REGISTRY_UNPUBLISH,
}

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.PUBLISHER: frozenset(_PUBLISHER),
    Role.DEVELOPER: frozenset(_DEVELOPER),
    Role.OPERATOR: frozenset(_OPERATOR),
    Role.VIEWER: frozenset(_VIEWER),
}
"""What each built-in role allows."""

OF_PROJECTS = frozenset(
    {
        Permission.FLOWS_CALL,
        Permission.WORKSPACE,
        Permission.SANDBOX,
        Permission.REGISTRY_READ,
        Permission.REGISTRY_PUBLISH,
        Permission.REGISTRY_ROLLBACK,
        Permission.REGISTRY_UNPUBLISH,
        Permission.RUNS_READ,
        Permission.RUNS_CANCEL,
        Permission.RUNS_RETRY,
        Permission.LETTERS_READ,
        Permission.LETTERS_WRITE,
        Permission.ACTIVITIES_PAUSE,
        Permission.ACTIVITIES_RUN,
    }
)
"""Permissions that are about one project at a time; the others are about the whole installation."""

MEMBER_ROLES = frozenset({Role.PUBLISHER, Role.DEVELOPER, Role.OPERATOR, Role.VIEWER})
"""The roles that a project's list of members can give."""


@lru_cache(maxsize=1024)
def permitted(roles: frozenset[str]) -> frozenset[Permission]:
    """What somebody with these roles may do."""
    return EVERYBODY.union(*(ROLE_PERMISSIONS.get(role, frozenset()) for role in roles))


def unknown_permissions(names: Iterable[str]) -> list[str]:
    """Those of the names that are no permission."""
    known = {permission.value for permission in Permission}
    return sorted(name for name in names if name not in known)
