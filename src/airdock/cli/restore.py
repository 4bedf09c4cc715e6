"""`airdock restore`: restores a backup into an empty installation on this machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from airdock.cli.backup import has_keys, summary
from airdock.cli.installation import HomeOption, key_files, local_database, note, settings_of
from airdock.cli.server_options import JsonOption
from airdock.cli.terminal import fail, json_text, paint, printable, say

if TYPE_CHECKING:
    from airdock.database import Database
    from airdock.database.backup import Manifest
    from airdock.server.settings import Settings


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.", show_default=False)],
    without_runs: Annotated[bool, typer.Option("--without-runs", help="Leave out the run log.")] = False,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Restore a backup into an empty home and database, SQLite or PostgreSQL.

    The file is checked before anything is touched, and all of it is restored or nothing. One that an earlier version
    made is brought up to date.

    \b
    Examples:
      airdock restore airdock.backup
    """
    settings = settings_of(home)
    with local_database(settings) as database:
        manifest = _restored(settings, database, file, not without_runs)
        unreadable = _unreadable(settings, database)
        state = _is_state_readable(settings, database)
        name = database.name
    if json:
        say(json_text({**_document(manifest, name, unreadable), "stateReadable": state}))
        return
    say(f"{name}: {summary(manifest)}, as of {manifest.created.astimezone():%Y-%m-%d %H:%M}")
    say(*(paint(line, "yellow") for line in _left(manifest, unreadable, state)))


def _restored(settings: "Settings", database: "Database", file: Path, runs: bool) -> "Manifest":
    from airdock.cli.progress import shown_progress
    from airdock.codes import CODES
    from airdock.database.backup import BackupError, restore_backup
    from airdock.identity.audit import Action
    from airdock.runlog.schema import FILE

    files = {FILE: settings.home / FILE if runs else None, **key_files(settings.home)}
    try:
        with shown_progress(f"Restoring {file}") as progress:
            manifest = restore_backup(database, file, files=files, progress=progress or (lambda done, whole: None))
    except BackupError as error:
        fail(str(error), hint=CODES[error.code].advice)
    note(database, Action.RESTORE, str(file.absolute()))
    return manifest


def _unreadable(settings: "Settings", database: "Database") -> list[str]:
    """The secrets that no key here decrypts."""
    from airdock.secrets import Secrets

    secrets = Secrets(database, settings.home, settings.secret_key, environment={})
    return [each.name for each in secrets.list() if each.problem]


def _is_state_readable(settings: "Settings", database: "Database") -> bool:
    from airdock.secrets import Sealing
    from airdock.stores.sample import is_readable

    return is_readable(database, Sealing(settings.home, settings.secret_key, purpose="state"))


def _left(manifest: "Manifest", unreadable: list[str], state: bool) -> list[str]:
    """What is left to do."""
    lines = []
    if unreadable:
        names = printable(", ".join(unreadable))
        lines.append(
            f"The key of these secrets is not here: {names}. Put the key file that they were encrypted with in the home"
            " folder, or set AIRDOCK_SECRET_KEY."
        )
    if not state:
        lines.append(
            "The key of what patterns keep is not here: put the seal.key that it was sealed with in the home folder, or"
            " set AIRDOCK_SECRET_KEY."
        )
    if not manifest.secrets:
        lines.append("Passwords, tokens and secrets were not in it: set them anew.")
    if has_keys(manifest):
        lines.append("Its key files are in the home folder now.")
    return lines


def _document(manifest: "Manifest", name: str, unreadable: list[str]) -> dict[str, Any]:
    return {
        "database": name,
        "created": manifest.created,
        "revision": manifest.revision,
        "rows": {table: info.rows for table, info in manifest.tables.items()},
        "secrets": manifest.secrets,
        "unreadableSecrets": unreadable,
    }
