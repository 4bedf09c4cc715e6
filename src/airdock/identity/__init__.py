"""Who may do what: users, tokens, sessions, roles and permissions, members of projects, sign-in, and the audit log.

Signing in at an OpenID Connect provider is in `airdock.identity.oidc`, apart, as few processes need what it imports.
"""

from airdock.identity.access import Lists, Members, may, may_somewhere, permissions_of, sees
from airdock.identity.audit import Action, Audit
from airdock.identity.authenticator import UNKNOWN, Authenticator, Unknown
from airdock.identity.errors import IdentityError
from airdock.identity.identity import Identity, SignedIn
from airdock.identity.names import check_name, is_name
from airdock.identity.passwords import Passwords
from airdock.identity.permissions import MEMBER_ROLES, ROLE_PERMISSIONS, Permission, Role, permitted
from airdock.identity.principal import LOCAL, Principal
from airdock.identity.records import AuditRecord, MadeToken, Page, Preferences, Session, Token, User
from airdock.identity.sessions import is_csrf

__all__ = [
    "LOCAL",
    "MEMBER_ROLES",
    "ROLE_PERMISSIONS",
    "UNKNOWN",
    "Action",
    "Audit",
    "AuditRecord",
    "Authenticator",
    "Identity",
    "IdentityError",
    "Lists",
    "MadeToken",
    "Members",
    "Page",
    "Passwords",
    "Permission",
    "Preferences",
    "Principal",
    "Role",
    "Session",
    "SignedIn",
    "Token",
    "Unknown",
    "User",
    "check_name",
    "is_csrf",
    "is_name",
    "may",
    "may_somewhere",
    "permissions_of",
    "permitted",
    "sees",
]
