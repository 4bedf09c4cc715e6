"""`airdock login`: keeps a token for a server."""

import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from airdock.cli.credentials import Credential, credentials_file, load_credentials, save_credentials
from airdock.cli.password import PasswordStdinOption, asked_password, line_of_stdin
from airdock.cli.server_options import JsonOption, ServerOption, chosen_server, reported_refusals, say_json
from airdock.cli.terminal import fail, printable, say

if TYPE_CHECKING:
    from airdock.client import Client

AGE = timedelta(days=90)


def command(
    user: Annotated[str | None, typer.Option("--user", metavar="NAME", help="Who signs in. [default: asked]")] = None,
    password_stdin: PasswordStdinOption = False,
    token: Annotated[bool, typer.Option("--token", help="Read a token from standard input, and keep that.")] = False,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Send it unencrypted over a network, now and later.")
    ] = False,
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """Sign in to a server.

    User and password are asked for once, and a token for this machine is kept in a file that only you can read; it
    works for 90 days. The commands use this server from then on. An open installation needs no sign-in.

    \b
    Examples:
      airdock login --server http://127.0.0.1:8081
      airdock login --user ann --password-stdin < password.txt
      airdock login --token < token.txt
    """
    address = chosen_server(server)
    with reported_refusals():
        if token:
            credential = _by_token(address, insecure)
        elif (found := _open(address)) is not None:
            credential = found
        else:
            credential = _by_password(address, user, password_stdin, insecure)
    _keep(address, credential)
    if json:
        say_json({"server": address, "user": credential.user, "expires": credential.expires})
    elif credential.token:
        until = f" until {credential.expires.astimezone():%Y-%m-%d}" if credential.expires else ""
        say(f"signed in to {address} as {printable(credential.user)}{until}; the token is in {credentials_file()}")
    else:
        say(f"{address} is open to this machine: nobody has an account yet, so there is nothing to sign in with")


def _client(server: str, token: str = "", user: str = "", password: str = "", insecure: bool = False) -> "Client":
    from airdock.client import Client, InsecureServerError

    try:
        return Client(server, token, user=user, password=password, insecure=insecure)
    except InsecureServerError as error:
        fail(str(error), hint="--insecure insists.")


def _open(server: str) -> Credential | None:
    """What is kept of a server that knows the person at this machine; None for any other."""
    with _client(server) as client:
        session = client.session()
    return Credential(user=session.user or "local", token="") if session.open and session.user is not None else None


def _by_token(server: str, insecure: bool) -> Credential:
    text = line_of_stdin("token")
    with _client(server, text, insecure=insecure) as client:
        user = client.session().user
        if user is None:
            fail("the server does not know this token")
        own = [each for each in client.tokens.list() if text.endswith(each.id)]
    return Credential(user=user, token=text, id=own[0].id if own else "", insecure=insecure)


def _by_password(server: str, user: str | None, stdin: bool, insecure: bool) -> Credential:
    # Refused before a secret is asked for in vain.
    _client(server, "none", insecure=insecure).close()
    name = user or (fail("--user says who signs in", 2) if stdin else str(typer.prompt("User", err=True)))
    password = asked_password(f"Password of {name}", stdin=stdin)
    with _client(server, user=name, password=password, insecure=insecure) as client:
        made = client.tokens.create(f"airdock login on {socket.gethostname()}"[:100], expires=datetime.now(UTC) + AGE)
    return Credential(user=name, token=made.token, id=made.id, expires=made.expires, insecure=insecure)


def _keep(server: str, credential: Credential) -> None:
    kept = load_credentials()
    before = kept.servers.pop(server, None)
    kept.last = server
    if credential.token:
        kept.servers[server] = credential
    save_credentials(kept)
    if before is not None and before.id and before.token != credential.token:
        _revoke(server, before)


def _revoke(server: str, before: Credential) -> None:
    """Ends the token of an earlier login; one that does not work any more is no matter."""
    from airdock.client import ApiError

    try:
        with _client(server, before.token, insecure=before.insecure) as client:
            client.tokens.revoke(before.id)
    except ApiError as error:
        if error.status not in (401, 403, 404):
            raise
