"""The members of projects: who sees a project, and with which roles."""

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, insert, select

from airdock.identity.access import Lists, Members
from airdock.identity.audit import Action, Audit
from airdock.identity.errors import IdentityError
from airdock.identity.names import check_project, shown
from airdock.identity.permissions import MEMBER_ROLES
from airdock.identity.records import names_of, names_text
from airdock.identity.rows import find_user, has_service
from airdock.identity.store import Store
from airdock.identity.tables import MEMBERS

MOST_MEMBERS = 1000


class MemberLists:
    """Which projects have members, and whom. A project without is open to everybody with the roles for it."""

    def __init__(self, store: Store, audit: Audit) -> None:
        self._store = store
        self._audit = audit

    def get(self, project: str) -> Members:
        """The members of a project: name → roles; empty where it has none.

        Raises:
            IdentityError: `identity.value`
        """
        query = select(MEMBERS).where(MEMBERS.c.project == check_project(project)).order_by(MEMBERS.c.name)
        with self._store.reading() as connection:
            return {row.name: names_of(row.roles) for row in connection.execute(query)}

    def put(self, project: str, members: Mapping[str, Iterable[str]], *, by: str, remote: str = "") -> Members:
        """Replaces the list of a project; an empty one opens it to everybody again.

        Raises:
            IdentityError: `identity.value`, `identity.role`, `identity.unknownUser`
        """
        check_project(project)
        wanted = {name: _check_roles(name, roles) for name, roles in members.items()}
        if len(wanted) > MOST_MEMBERS:
            raise IdentityError("identity.value", f"a project has at most {MOST_MEMBERS} members")
        before = self.get(project)
        with self._store.changing("") as connection:
            for name in wanted:
                if find_user(connection, name) is None and not has_service(connection, name):
                    raise IdentityError("identity.unknownUser", f"there is no user and no service {shown(name)}")
            connection.execute(delete(MEMBERS).where(MEMBERS.c.project == project))
            rows = [{"project": project, "name": name, "roles": names_text(wanted[name])} for name in wanted]
            if rows:
                connection.execute(insert(MEMBERS), rows)
            details = {"before": _told(before), "after": _told(wanted)}
            self._audit.note(connection, by, Action.MEMBERS_CHANGE, project, details, remote)
        return wanted

    def all(self) -> Lists:
        """Every project that has members, with them: what `may` and `sees` are given."""
        lists: dict[str, dict[str, frozenset[str]]] = {}
        with self._store.reading() as connection:
            for row in connection.execute(select(MEMBERS)):
                lists.setdefault(row.project, {})[row.name] = names_of(row.roles)
        return lists


def _check_roles(name: str, roles: Iterable[str]) -> frozenset[str]:
    found = frozenset(roles)
    if found <= MEMBER_ROLES:
        return found
    wrong = shown(min(found - MEMBER_ROLES))
    possible = ", ".join(sorted(MEMBER_ROLES))
    raise IdentityError("identity.role", f"a member ({shown(name)}) cannot have the role {wrong}, only: {possible}")


def _told(members: Members) -> dict[str, list[str]]:
    return {name: sorted(roles) for name, roles in sorted(members.items())}
