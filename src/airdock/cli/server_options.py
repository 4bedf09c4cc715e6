"""Which server a command speaks to, as whom, and what becomes of its refusals."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from airdock.cli.terminal import fail, printable, say

if TYPE_CHECKING:
    from airdock.api.shapes import ProblemInfo
    from airdock.cli.credentials import Credential
    from airdock.client import ApiError, Client, UnreachableError

ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="URL",
        help="Management port of the server.",
        show_default="AIRDOCK_SERVER, else that of the last login, else http://127.0.0.1:8081",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

CONFLICT = 3
"""How a command ends that was refused as somebody else changed the same."""


@contextmanager
def connected(server: str | None = None) -> Iterator["Client"]:
    """A client of the server that was chosen. A refusal ends the program, with its reason and the next move."""
    from airdock.cli.credentials import load_credentials
    from airdock.client import Client, InsecureServerError

    address = chosen_server(server)
    kept = load_credentials().servers.get(address)
    try:
        with Client(address, _token(kept), insecure=_insecure(kept)) as client, reported_refusals():
            yield client
    except InsecureServerError as error:
        fail(str(error), hint="AIRDOCK_INSECURE=1 insists.")


@contextmanager
def reported_refusals() -> Iterator[None]:
    """Ends the program where a server refuses or does not answer."""
    from airdock.client import ApiError, UnexpectedAnswerError, UnreachableError

    try:
        yield
    except ApiError as error:
        _refused(error)
    except UnreachableError as error:
        _unreachable(error)
    except UnexpectedAnswerError as error:
        fail(str(error), hint="--server names the management port, which is the flow port plus one by default.")


def chosen_server(server: str | None = None) -> str:
    """The server's address: by the option, by AIRDOCK_SERVER, by the last login, or the one on this machine."""
    from airdock.cli.credentials import load_credentials
    from airdock.client.address import DEFAULT_SERVER, server_address

    written = server or os.environ.get("AIRDOCK_SERVER")
    try:
        return server_address(written) if written else load_credentials().last or DEFAULT_SERVER
    except ValueError as error:
        fail(f"{'--server' if server else 'AIRDOCK_SERVER'}: {error}", 2)


def say_json(value: Any) -> None:
    """Prints what the API answered as it is on the wire."""
    import msgspec

    say(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def problem_lines(problems: "list[ProblemInfo]") -> Iterator[str]:
    """A line for each thing that is wrong: `orders.flow:3:5: message: hint`."""
    for each in problems:
        place = each.place
        numbers = [str(number) for number in (place.line, place.column) if number] if place else []
        where = ":".join((place.file, *numbers)) if place and place.file else each.field
        said = f"{each.message}: {each.hint}" if each.hint else each.message
        if each.severity != "error":
            said = f"{each.severity}: {said} ({each.code})"
        yield printable(f"{where}: {said}" if where else said)


def _token(kept: "Credential | None") -> str:
    return os.environ.get("AIRDOCK_TOKEN") or (kept.token if kept else "")


def _insecure(kept: "Credential | None") -> bool:
    return os.environ.get("AIRDOCK_INSECURE") == "1" or bool(kept and kept.insecure)


def _refused(error: "ApiError") -> NoReturn:
    if error.status == 401:
        _sign_in(error)
    for line in problem_lines(error.errors):
        typer.echo(line, err=True)
    fail(error.detail, CONFLICT if error.status in (409, 412) else 1)


def _sign_in(error: "ApiError") -> NoReturn:
    if os.environ.get("AIRDOCK_TOKEN"):
        fail(error.detail, hint="AIRDOCK_TOKEN has no token that this server takes: it may be of another, or over.")
    fail(error.detail, hint="`airdock login` signs in; in a pipeline, give a token in AIRDOCK_TOKEN.")


def _unreachable(error: "UnreachableError") -> NoReturn:
    if error.timed_out:
        fail(str(error), hint="It may have done what was asked: look before trying again.")
    hint = "`airdock run` starts one here; --server or AIRDOCK_SERVER names another."
    fail(f"no server answers at {error.server}: {error.reason}", hint=hint)
