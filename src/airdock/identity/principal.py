"""Who is calling."""

from typing import Literal

import msgspec

from airdock.identity.names import LOCAL_NAME
from airdock.identity.permissions import Permission, Role

Kind = Literal["user", "service", "local"]


class Principal(msgspec.Struct, frozen=True):
    """A caller who was recognised.

    Attributes:
        name: The user's or the service's; the two never share one.
        roles: Built-in ones and those that flows ask for.
        kind: `local` is the person at this machine while there is no user.
        scopes: What the token that was shown is limited to; None for no limit.
        projects: The projects that it is limited to; None for no limit.
        token: The id of that token, empty without one.
    """

    name: str
    roles: frozenset[str] = frozenset()
    kind: Kind = "user"
    scopes: frozenset[Permission] | None = None
    projects: frozenset[str] | None = None
    token: str = ""

    @property
    def is_administrator(self) -> bool:
        return Role.ADMINISTRATOR in self.roles

    def has_role(self, role: str) -> bool:
        """Whether a flow that asks for this role takes the caller; the local person has every role."""
        return self.kind == "local" or role in self.roles


LOCAL = Principal(LOCAL_NAME, frozenset(Role), "local")
"""The person at this machine, who may do everything while there is no user."""
