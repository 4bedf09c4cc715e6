"""Users and tokens of the installation on this machine, by its database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from airdock.api.tokens import MadeToken, Token
from airdock.api.users import User
from airdock.cli.terminal import fail

if TYPE_CHECKING:
    from airdock.identity import Identity
    from airdock.repository import Repository

_HINTS = {
    "identity.lastAdministrator": "`airdock users add NAME --role administrator` makes an administrator.",
    "identity.unknownUser": "`airdock users list` lists the users.",
}
"""The next move after a refusal, by its code."""

Shown = TypeVar("Shown", User, Token, MadeToken)


@contextmanager
def installation(home: Path | None) -> Iterator["LocalAccounts"]:
    """The accounts of the installation of this machine. A refusal ends the program."""
    from airdock.database import Database, DatabaseError
    from airdock.identity import Identity, IdentityError
    from airdock.repository import Repository, RepositoryError
    from airdock.server.setting_values import SettingsError
    from airdock.server.settings import load_settings

    try:
        settings = load_settings({"home": home})
    except SettingsError as error:
        fail(str(error), 2)
    database = Database(settings.home, settings.database_url)
    try:
        database.open()
        yield LocalAccounts(Identity(database), Repository(database))
    except IdentityError as error:
        fail(str(error), hint=_HINTS.get(error.code, ""))
    except (RepositoryError, DatabaseError) as error:
        fail(str(error))
    finally:
        database.close()


class LocalAccounts:
    """Users and tokens in the database of the installation, with the rights of whoever can read it."""

    def __init__(self, identity: "Identity", repository: "Repository") -> None:
        self._identity = identity
        self._repository = repository

    def users(self) -> list[User]:
        return [_shown(User, user) for user in _all(self._identity.users.list)]

    def add(self, name: str, password: str | None, roles: Sequence[str], display_name: str, email: str) -> User:
        made = self._identity.users.create(
            name, password=password, roles=roles, display_name=display_name, email=email, by=_by()
        )
        return _shown(User, made)

    def change(self, name: str, *, roles: Sequence[str] | None = None, disabled: bool | None = None) -> User:
        return _shown(User, self._identity.users.change(name, roles=roles, disabled=disabled, by=_by()))

    def needs_current(self, name: str) -> bool:
        return False

    def set_password(self, name: str, password: str, current: str | None) -> None:
        self._identity.users.set_password(name, password, by=_by())

    def remove(self, name: str) -> None:
        self._identity.users.remove(name, by=_by())
        # Whoever gets the name later must not find what was left behind.
        for project in self._repository.sandboxes.projects(name):
            self._repository.sandboxes.deactivate(project, name)
        for project in self._repository.workspaces.projects(name):
            self._repository.workspaces.drop(name, project)

    def tokens(self) -> list[Token]:
        return [_shown(Token, token, user=token.owner) for token in _all(self._identity.tokens.list)]

    def create_token(
        self, name: str, user: str | None, service: Sequence[str] | None, limits: dict[str, Any]
    ) -> MadeToken:
        from airdock.identity import LOCAL

        if service is not None:
            made = self._identity.tokens.create_service(LOCAL, name, service, **limits)
        elif user is not None:
            made = self._identity.tokens.create_personal(LOCAL, name, user=user, **limits)
        else:
            fail("whose token is it? name a user with --user, or make one of a --service", 2)
        return _shown(MadeToken, made.token, user=made.token.owner, token=made.text)

    def revoke_token(self, id: str) -> None:
        self._identity.tokens.revoke(id, by=_by())


def _by() -> str:
    from airdock.identity import LOCAL

    return LOCAL.name


def _all(list_page: Any) -> Iterator[Any]:
    page = list_page(limit=200)
    yield from page.items
    while page.next is not None:
        page = list_page(limit=200, cursor=page.next)
        yield from page.items


def _shown(type: type[Shown], record: Any, **more: Any) -> Shown:
    """A record of the installation as the API shows it: sets as lists."""
    fields = {name: getattr(record, name) for name in type.__struct_fields__ if hasattr(record, name)} | more
    shown: dict[str, Any] = {
        name: sorted(value) if isinstance(value, frozenset) else value for name, value in fields.items()
    }
    return type(**shown)
