"""`airdock users`: people with accounts."""

from collections.abc import Iterator
from typing import Annotated

import typer

from airdock.api.users import User
from airdock.cli.accounts import HomeOption, ServerOption, accounts
from airdock.cli.password import PasswordStdinOption, asked_password
from airdock.cli.server_options import JsonOption, say_json
from airdock.cli.terminal import fail, paint, printable, say

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="""Make and change users.

    Without --server it works on the installation of this machine, also before anybody can sign in: the first user must
    be an administrator.

    \b
    Examples:
      airdock users list
    """,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")]
RoleOption = Annotated[
    list[str] | None,
    typer.Option(
        "--role",
        metavar="ROLE",
        help="administrator, publisher, developer, operator, viewer, or one that flows ask for; may be given again.",
    ),
]


@app.command("list")
def list_users(server: ServerOption = None, home: HomeOption = None, json: JsonOption = False) -> None:
    """List the users.

    \b
    Examples:
      airdock users list
    """
    with accounts(server, home) as found:
        users = found.users()
    if json:
        say_json(users)
    else:
        say(*_table(users))


@app.command("add")
def add_user(
    name: Name,
    role: RoleOption = None,
    display_name: Annotated[str, typer.Option(metavar="TEXT", help="The name that people see.")] = "",
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="E-mail address.")] = "",
    password_stdin: PasswordStdinOption = False,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="For somebody who signs in at the OpenID Connect provider.")
    ] = False,
    server: ServerOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Make a user. The password is asked for.

    \b
    Examples:
      airdock users add ann --role administrator
      airdock users add bob --role developer --role publisher --password-stdin < password.txt
    """
    if password_stdin and no_password:
        fail("--password-stdin and --no-password exclude each other: keep one", 2)
    password = None if no_password else asked_password(f"Password of {name}", stdin=password_stdin, confirm=True)
    with accounts(server, home) as found:
        user = found.add(name, password, role or [], display_name, email)
    _tell(user, f"{user.name} is a user now, {_roles(user)}", json)


@app.command("passwd")
def set_password(
    name: Name, password_stdin: PasswordStdinOption = False, server: ServerOption = None, home: HomeOption = None
) -> None:
    """Set a user's password. Their sessions end, their tokens stay.

    \b
    Examples:
      airdock users passwd ann
    """
    with accounts(server, home) as found:
        needed = found.needs_current(name)
        current = asked_password("Present password", stdin=password_stdin) if needed else None
        password = asked_password(f"New password of {name}", stdin=password_stdin, confirm=True)
        found.set_password(name, password, current)
    say(f"{name} has a new password")


@app.command("roles")
def set_roles(
    name: Name,
    roles: Annotated[list[str] | None, typer.Argument(metavar="ROLE...", help="All roles of the user.")] = None,
    server: ServerOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Set the roles of a user; those that are not named are taken away.

    \b
    Examples:
      airdock users roles ann developer publisher
    """
    with accounts(server, home) as found:
        user = found.change(name, roles=roles or [])
    _tell(user, f"{user.name} is {_roles(user)} now", json)


@app.command("disable")
def disable_user(
    name: Name,
    undo: Annotated[bool, typer.Option("--undo", help="Let the user in again.")] = False,
    server: ServerOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Keep a user out: they are signed out everywhere, and their tokens do not work.

    \b
    Examples:
      airdock users disable bob
      airdock users disable bob --undo
    """
    with accounts(server, home) as found:
        user = found.change(name, disabled=not undo)
    _tell(user, f"{user.name} {'can sign in again' if undo else 'cannot sign in any more'}", json)


@app.command("rm")
def remove_user(name: Name, server: ServerOption = None, home: HomeOption = None) -> None:
    """Remove a user, with their tokens, workspace and sandbox. What they published stays.

    \b
    Examples:
      airdock users rm bob
    """
    with accounts(server, home) as found:
        found.remove(name)
    say(f"{printable(name)} is no user any more")


def _tell(user: User, sentence: str, json: bool) -> None:
    if json:
        say_json(user)
    else:
        say(printable(sentence))


def _roles(user: User) -> str:
    return ", ".join(user.roles) or "without a role"


def _table(users: list[User]) -> Iterator[str]:
    if not users:
        yield "there are no users: the installation is open to the person at this machine"
        return
    width = max(len("NAME"), *(len(printable(user.name)) for user in users))
    roles = max(len("ROLES"), *(len(printable(_roles(user))) for user in users))
    yield paint(f"{'NAME':<{width}}  {'ROLES':<{roles}}  LAST SEEN", "dim")
    for user in users:
        seen = user.last_seen.astimezone().strftime("%Y-%m-%d %H:%M") if user.last_seen else "never"
        disabled = paint("  disabled", "red") if user.disabled else ""
        yield f"{printable(user.name):<{width}}  {printable(_roles(user)):<{roles}}  {seen}{disabled}"
