"""`airdock tokens`: what programs sign in with."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer

from airdock.api.tokens import Token
from airdock.cli.accounts import HomeOption, ServerOption, accounts, moment_after
from airdock.cli.server_options import JsonOption, say_json
from airdock.cli.terminal import fail, paint, printable, say

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="""Make and end tokens.

    Without --server it works on the installation of this machine.

    \b
    Examples:
      airdock tokens list
    """,
)


@app.command("create")
def create_token(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for; of a service, the service's name.")],
    service: Annotated[bool, typer.Option("--service", help="For a program with a name and roles of its own.")] = False,
    user: Annotated[
        str | None, typer.Option("--user", metavar="NAME", help="Whose it is, on the installation of this machine.")
    ] = None,
    role: Annotated[
        list[str] | None, typer.Option("--role", metavar="ROLE", help="Role of the service; may be given again.")
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", metavar="PERMISSION", help="It may do this only, such as registry.publish; again."),
    ] = None,
    project: Annotated[
        list[str] | None, typer.Option("--project", metavar="NAME", help="With this project only; may be given again.")
    ] = None,
    expires: Annotated[
        str, typer.Option("--expires", metavar="DURATION", help="How long it works, or `never`.")
    ] = "90d",
    server: ServerOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Make a token. It is printed this once.

    \b
    Examples:
      airdock tokens create ci --service --role publisher --project shop
      airdock tokens create laptop --user ann --expires 30d
    """
    if role and not service:
        fail("--role is for a --service: a token of a user has the user's roles", 2)
    if user and service:
        fail("--user and --service exclude each other: keep one", 2)
    limits = {"scopes": scope, "projects": project, "expires": moment_after(expires, datetime.now(UTC))}
    with accounts(server, home) as found:
        made = found.create_token(name, user, (role or []) if service else None, limits)
    if json:
        say_json(made)
        return
    until = f"until {made.expires.astimezone():%Y-%m-%d}" if made.expires else "for ever"
    typer.echo(f"A token of {printable(made.user)}, good {until}. It is shown this once:", err=True)
    say(made.token)


@app.command("list")
def list_tokens(server: ServerOption = None, home: HomeOption = None, json: JsonOption = False) -> None:
    """List tokens: on this machine all, through a server one's own, an administrator's list everybody's.

    \b
    Examples:
      airdock tokens list
    """
    with accounts(server, home) as found:
        tokens = found.tokens()
    if json:
        say_json(tokens)
    else:
        say(*_table(tokens))


@app.command("revoke")
def revoke_token(
    id: Annotated[str, typer.Argument(metavar="ID", help="The token's id, or its beginning.")],
    server: ServerOption = None,
    home: HomeOption = None,
) -> None:
    """End a token.

    \b
    Examples:
      airdock tokens revoke 0193580a
    """
    with accounts(server, home) as found:
        token = _found(found.tokens(), id)
        found.revoke_token(token.id)
    say(f"the token {printable(token.name)!r} of {printable(token.user)} does not work any more")


def _found(tokens: list[Token], id: str) -> Token:
    near = [each for each in tokens if each.id.startswith(id)]
    if len(near) != 1:
        what = f"there is no token {id!r}" if not near else f"several tokens begin with {id!r}"
        fail(what, hint="`airdock tokens list` lists them.")
    return near[0]


def _table(tokens: list[Token]) -> Iterator[str]:
    if not tokens:
        yield "there are no tokens"
        return
    rows = [("ID", "OF", "NAME", "KIND", "EXPIRES")]
    rows += [
        (each.id, printable(each.user), printable(each.name), str(each.kind), _day(each.expires)) for each in tokens
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        cells = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        used = "LAST USED" if number == 0 else _day(tokens[number - 1].last_used)
        line = f"{cells}  {used}"
        yield line if number else paint(line, "dim")


def _day(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment.astimezone():%Y-%m-%d}"
