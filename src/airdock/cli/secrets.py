"""`airdock secrets`: sets, lists and removes secrets of the installation of this machine, and rotates their key."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from airdock.cli.installation import HomeOption, local_database, note, settings_of
from airdock.cli.terminal import fail, json_text, paint, printable, say

if TYPE_CHECKING:
    from airdock.database import Database
    from airdock.secrets import SecretInfo, Secrets

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The secret's name.", show_default=False)]


@app.callback()
def secrets() -> None:
    """Set, list and remove secrets: values that connections and signatures use.

    They are encrypted in the installation's database. Environment variables AIRDOCK_SECRET_NAME and the files of
    AIRDOCK_SECRETS_FOLDER are secrets too, and go before it.

    \b
    Examples:
      airdock secrets list
    """


@app.command("set")
def set_secret(
    name: NameArgument,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read the value from standard input.")] = False,
    from_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Read the value from a file.", show_default=False)
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also where the secret that is there cannot be decrypted.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Set a secret. Its value is asked for, not shown, and never an argument.

    A newline at the end of a file or of standard input is left out.

    \b
    Examples:
      airdock secrets set shop.token --from-file token.txt
      pass shop/token | airdock secrets set shop.token --stdin
    """
    from airdock.identity.audit import Action
    from airdock.identity.names import LOCAL_NAME

    with _secrets(home) as (kept, database):
        info = kept.set(name, _value(name, stdin, from_file), LOCAL_NAME, overwrite=overwrite)
        note(database, Action.SECRET_SET, name)
    say(f"{info.name} is set")
    if info.source != "database":
        say(paint(f"What is read is the value of the {info.source}, which goes before it.", "yellow"))


@app.command("list")
def list_secrets(
    json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    home: HomeOption = None,
) -> None:
    """List the secrets: names and sources, never values.

    \b
    Examples:
      airdock secrets list
      airdock secrets list --json
    """
    with _secrets(home) as (kept, _):
        found = kept.list()
    say(json_text(found)) if json else say(*_listing(found))


@app.command("rm")
def remove_secret(name: NameArgument, home: HomeOption = None) -> None:
    """Remove a secret from the database.

    \b
    Examples:
      airdock secrets rm shop.token
    """
    from airdock.identity.audit import Action

    with _secrets(home) as (kept, database):
        kept.remove(name)
        note(database, Action.SECRET_REMOVE, name)
    say(f"{name} is removed")


@app.command("rotate")
def rotate_key(home: HomeOption = None) -> None:
    """Encrypt all secrets with another key, while servers go on.

    A key file is replaced by a new one. Where AIRDOCK_SECRET_KEY is set, put the new key in front of the old one in it,
    with a comma between them, on every node; then rotate, then leave out the old one.

    \b
    Examples:
      airdock secrets rotate
    """
    from airdock.identity.audit import Action

    with _secrets(home) as (kept, database):
        done = kept.rotate()
        note(database, Action.SECRET_ROTATE)
    count = f"{done.secrets} secret" if done.secrets == 1 else f"{done.secrets} secrets"
    say(f"{count} encrypted anew with the key in {done.place}")


@contextmanager
def _secrets(home: Path | None) -> Iterator[tuple["Secrets", "Database"]]:
    """The secrets of this machine's installation. What goes wrong with them ends the program, with the next move."""
    from airdock.codes import CODES
    from airdock.secrets import Secrets, SecretsError

    settings = settings_of(home)
    with local_database(settings) as database:
        database.open()
        try:
            yield Secrets(database, settings.home, settings.secret_key, settings.secrets_folder), database
        except SecretsError as error:
            fail(str(error), hint=CODES[error.code].advice)


def _value(name: str, stdin: bool, file: Path | None) -> str:
    from airdock.secrets import check_name, value_of

    check_name(name)
    if stdin and file is not None:
        fail("--stdin and --from-file exclude each other", 2)
    if file is not None:
        try:
            return value_of(_beginning_of(file))
        except OSError as error:
            fail(f"{file} cannot be read: {error.strerror}")
    if stdin:
        return value_of(sys.stdin.buffer.read(_MOST))
    if not sys.stdin.isatty():
        fail("there is no terminal to ask for the value at", 2, hint="Give it by --stdin or --from-file FILE.")
    value: str = typer.prompt(f"Value of {name}", hide_input=True)
    return value


_MOST = 1024 * 1024
"""Bytes that are read: more than a value may have, so that a larger one is refused and not cut."""


def _beginning_of(file: Path) -> bytes:
    with open(file, "rb") as opened:
        return opened.read(_MOST)


def _listing(found: list["SecretInfo"]) -> Iterator[str]:
    if not found:
        yield "there are no secrets"
        return
    width = max(len(each.name) for each in found)
    yield paint(f"{'NAME':<{width}}  {'SOURCE':<11}  {'CHANGED':<16}  BY", "dim")
    for each in found:
        changed = "" if each.changed is None else f"{each.changed.astimezone():%Y-%m-%d %H:%M}"
        yield f"{each.name:<{width}}  {each.source:<11}  {changed:<16}  {printable(each.by or '')}".rstrip()
        if each.problem:
            yield paint(f"  {printable(each.problem)}", "red")
