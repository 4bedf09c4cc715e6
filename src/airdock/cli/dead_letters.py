"""`airdock dead-letters`: what listeners could not work off, looked at, edited, sent again, discarded."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from airdock.cli.letter_lines import letter_lines, letter_table
from airdock.cli.server_options import JsonOption, ServerOption, connected, say_json
from airdock.cli.terminal import fail, say

if TYPE_CHECKING:
    from airdock.api.letters import DeadLetter
    from airdock.client import Client

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Look at what listeners could not work off, edit it, send it again, or discard it.",
)

LetterId = Annotated[str, typer.Argument(metavar="ID", help="The letter's id or its beginning.", show_default=False)]
LetterIds = Annotated[
    list[str] | None, typer.Argument(metavar="ID...", help="Ids of letters, or their beginnings.", show_default=False)
]
OfListener = Annotated[
    str | None, typer.Option("--listener", metavar="NAME", help="Those of this listener: shop/orders.")
]
OfProject = Annotated[str | None, typer.Option("--project", metavar="NAME", help="Those of this project's listeners.")]
WithCode = Annotated[str | None, typer.Option("--code", metavar="CODE", help="Those whose error has this in its code.")]
All = Annotated[bool, typer.Option("--all", help="Every one.")]


@app.command("list")
def list_letters(
    listener: OfListener = None,
    project: OfProject = None,
    code: WithCode = None,
    limit: Annotated[int, typer.Option("--limit", metavar="NUMBER", help="How many at most.")] = 50,
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """List dead letters, the newest first.

    \b
    Examples:
      airdock dead-letters list
      airdock dead-letters list --listener shop/orders --code timeout
    """
    with connected(server) as client:
        found = list(client.letters.list(listener=listener, project=project, code=code, limit=limit))
    if json:
        say_json(found)
    else:
        say(*letter_table(found))


@app.command("show")
def show_letter(id: LetterId, server: ServerOption = None, json: JsonOption = False) -> None:
    """Show a dead letter with what arrived, unmasked.

    \b
    Examples:
      airdock dead-letters show 0193580a
    """
    with connected(server) as client:
        letter = client.letters.get(_found(client, id).id)
    if json:
        say_json(letter)
    else:
        say(*letter_lines(letter))


@app.command("edit")
def edit_letter(
    id: LetterId,
    body: Annotated[str | None, typer.Option("--body", metavar="TEXT", help="The content from now on.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="A file with the content; - is standard input.")
    ] = None,
    content_type: Annotated[str | None, typer.Option("--content-type", metavar="TYPE", help="What it is.")] = None,
    header: Annotated[
        list[str] | None, typer.Option("--header", metavar="NAME=VALUE", help="A header; without a value it goes.")
    ] = None,
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """Put other content in the place of what arrived.

    \b
    Examples:
      airdock dead-letters edit 0193580a --body '{"id": 7}'
      airdock dead-letters edit 0193580a --file order.json --header tenant=north
    """
    if body is not None and file is not None:
        fail("--body and --file exclude each other", 2)
    change: dict[str, Any] = {} if content_type is None else {"content_type": content_type}
    if body is not None or file is not None:
        change |= _content(body, file)
    if not change and not header:
        fail("nothing to change: give --body, --file, --content-type or --header", 2)
    with connected(server) as client:
        letter = client.letters.get(_found(client, id).id)
        if header:
            change["headers"] = _headers(letter.headers, header)
        if change.get("encoding") == "text" and letter.encoding == "json":
            change |= _value(change["body"])
        after = client.letters.change(letter.id, letter.revision, **change)
    if json:
        say_json(after)
    else:
        say(f"{after.id} is changed; `airdock dead-letters send {after.id}` sends it again")


@app.command("send")
def send_letters(
    ids: LetterIds = None,
    listener: OfListener = None,
    project: OfProject = None,
    code: WithCode = None,
    all: All = False,
    server: ServerOption = None,
) -> None:
    """Send dead letters again. Those that are worked off then are removed.

    \b
    Examples:
      airdock dead-letters send 0193580a
      airdock dead-letters send --listener shop/orders --code connector.timeout
    """
    _check(ids, listener, project, code, all)
    with connected(server) as client:
        whole = [_found(client, id).id for id in ids or ()]
        count = client.letters.send(whole, listener=listener or "", project=project, code=code or "", all=all)
    say(f"{count} sent again")


@app.command("discard")
def discard_letters(
    ids: LetterIds = None,
    listener: OfListener = None,
    project: OfProject = None,
    code: WithCode = None,
    all: All = False,
    server: ServerOption = None,
) -> None:
    """Remove dead letters for good.

    \b
    Examples:
      airdock dead-letters discard 0193580a
      airdock dead-letters discard --listener shop/orders
    """
    _check(ids, listener, project, code, all)
    with connected(server) as client:
        whole = [_found(client, id).id for id in ids or ()]
        count = client.letters.discard(whole, listener=listener or "", project=project, code=code or "", all=all)
    say(f"{count} discarded")


def _check(ids: list[str] | None, listener: str | None, project: str | None, code: str | None, all: bool) -> None:
    if not (ids or listener or project is not None or code or all):
        fail("say which letters: their ids, --listener, --project, --code, or --all", 2)


def _found(client: "Client", beginning: str) -> "DeadLetter":
    """The one letter whose id begins so, among the newest thousand."""
    found = [each for each in client.letters.list(limit=1000) if each.id.startswith(beginning)]
    if len(found) != 1:
        fail(
            f"no dead letter's id begins with {beginning}" if not found else f"{len(found)} ids begin with {beginning}",
            hint="`airdock dead-letters list` lists them.",
        )
    return found[0]


def _content(body: str | None, file: Path | None) -> dict[str, Any]:
    import base64

    if body is not None:
        return {"body": body, "encoding": "text"}
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else Path(str(file)).read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")
    try:
        return {"body": content.decode(), "encoding": "text"}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(content).decode(), "encoding": "base64"}


def _value(text: str) -> dict[str, Any]:
    """What stands for a value is JSON."""
    import msgspec

    try:
        return {"body": msgspec.json.decode(text), "encoding": "json"}
    except msgspec.DecodeError as error:
        fail(f"what arrived was a value, so the content must be JSON: {error}")


def _headers(before: dict[str, str], given: list[str]) -> dict[str, str]:
    headers = dict(before)
    for each in given:
        name, equals, value = each.partition("=")
        if equals and value:
            headers[name] = value
        else:
            headers.pop(name, None)
    return headers
