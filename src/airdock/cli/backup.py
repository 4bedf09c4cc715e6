"""`airdock backup`: writes the installation of this machine into one file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from airdock.cli.installation import HomeOption, key_files, local_database, note, settings_of
from airdock.cli.server_options import JsonOption
from airdock.cli.terminal import fail, json_text, paint, say

if TYPE_CHECKING:
    from airdock.database.backup import Manifest
    from airdock.server.settings import Settings

_SEALED = ("state_entries", "state_items")


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.", show_default=False)],
    without_secrets: Annotated[
        bool, typer.Option("--without-secrets", help="Leave out secrets, passwords and tokens.")
    ] = False,
    without_runs: Annotated[bool, typer.Option("--without-runs", help="Leave out the run log.")] = False,
    with_key: Annotated[
        bool, typer.Option("--with-key", help="Take the key files along: whoever has the file can read the secrets.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Write the installation into one file, while servers go on.

    It has the projects with all their releases, users, tokens, roles, the audit log, secrets (encrypted, without their
    key), what patterns keep between messages (sealed), and the run log of this node, as they are at one moment.
    Sessions are left out: people sign in again.

    \b
    Examples:
      airdock backup airdock.backup
      airdock backup airdock.backup --without-secrets --without-runs
    """
    if with_key and without_secrets:
        fail("--with-key and --without-secrets exclude each other", 2)
    settings = settings_of(home)
    keys = key_files(settings.home) if with_key else {}
    if with_key and not any(place.exists() for place in keys.values()):
        fail(f"there is no key file in {settings.home}", hint="The setting AIRDOCK_SECRET_KEY is never in a backup.")
    manifest = _written(settings, file, keys, not without_runs, not without_secrets, force)
    say(json_text(_document(file, manifest))) if json else say(*_lines(file, manifest, settings))


def _written(
    settings: "Settings", file: Path, keys: dict[str, Path], runs: bool, secrets: bool, force: bool
) -> "Manifest":
    from airdock.cli.progress import shown_progress
    from airdock.codes import CODES
    from airdock.database.backup import BackupError, write_backup
    from airdock.database.schema import head
    from airdock.identity.audit import Action
    from airdock.runlog.schema import FILE

    sqlite_files = {FILE: settings.home / FILE} if runs else {}
    with local_database(settings) as database:
        try:
            with shown_progress(f"Writing {file}", "rows") as progress:
                manifest = write_backup(
                    database,
                    file,
                    sqlite_files=sqlite_files,
                    files=keys,
                    secrets=secrets,
                    force=force,
                    progress=progress or (lambda done, whole: None),
                )
        except BackupError as error:
            fail(str(error), hint=CODES[error.code].advice)
        if manifest.revision == head():
            note(database, Action.BACKUP, str(file.absolute()))
    return manifest


def summary(manifest: "Manifest") -> str:
    """What a backup holds: `214 rows of 17 tables and the run log`."""
    from airdock.runlog.schema import FILE

    log = " and the run log" if FILE in manifest.entries else ""
    return f"{manifest.rows:,} rows of {len(manifest.tables)} tables{log}"


def has_keys(manifest: "Manifest") -> bool:
    """Whether key files are in a backup."""
    return any(name in manifest.entries for name in key_files(Path()))


def _document(file: Path, manifest: "Manifest") -> dict[str, Any]:
    from airdock.runlog.schema import FILE

    return {
        "file": file.absolute(),
        "bytes": file.stat().st_size,
        "created": manifest.created,
        "revision": manifest.revision,
        "rows": {name: info.rows for name, info in manifest.tables.items()},
        "runs": FILE in manifest.entries,
        "secrets": manifest.secrets,
        "key": has_keys(manifest),
    }


def _lines(file: Path, manifest: "Manifest", settings: "Settings") -> list[str]:
    lines = [f"{file}: {summary(manifest)}, {file.stat().st_size:,} bytes"]
    if not manifest.secrets:
        lines.append("Secrets, passwords and tokens are not in it.")
    elif has_keys(manifest):
        return [*lines, paint("The key is in it: whoever has the file can read the secrets.", "yellow")]
    elif manifest.tables["secrets"].rows:
        place = _key_place(settings, "secret.key")
        lines.append(f"Its secrets are encrypted, and their key is not in it: keep {place} elsewhere, too.")
    if any(manifest.tables[name].rows for name in _SEALED if name in manifest.tables):
        place = _key_place(settings, "seal.key")
        lines.append(f"What patterns keep is sealed, and its key is not in it: keep {place} elsewhere, too.")
    return lines


def _key_place(settings: "Settings", file: str) -> str:
    return "AIRDOCK_SECRET_KEY" if settings.secret_key else str(settings.home / file)
