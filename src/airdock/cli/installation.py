"""The installation of this machine: its settings, its database and what is kept beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from airdock.cli.terminal import fail

if TYPE_CHECKING:
    from airdock.database import Database
    from airdock.identity.audit import Action
    from airdock.server.settings import Settings

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", metavar="DIR", help="The installation's home folder.", show_default="AIRDOCK_HOME, else ~/.airdock"
    ),
]


def settings_of(home: Path | None) -> "Settings":
    """The settings of the environment. One that cannot be used ends the program."""
    from airdock.server.setting_values import SettingsError
    from airdock.server.settings import load_settings

    try:
        return load_settings({"home": home})
    except SettingsError as error:
        fail(str(error), 2)


@contextmanager
def local_database(settings: "Settings") -> Iterator["Database"]:
    """The installation's database, not opened yet and closed in the end."""
    from airdock.database import Database

    database = Database(settings.home, settings.database_url)
    try:
        yield database
    finally:
        database.close()


def note(database: "Database", action: "Action", target: str = "") -> None:
    """Adds to the audit log what the person at this machine did."""
    from airdock.identity import Identity
    from airdock.identity.names import LOCAL_NAME

    Identity(database).audit.note(None, LOCAL_NAME, action, target)


def key_files(home: Path) -> dict[str, Path]:
    """The files of keys that a home may have, by their names."""
    from airdock.secrets import KEY_FILES

    return {name: home / name for name in KEY_FILES}
