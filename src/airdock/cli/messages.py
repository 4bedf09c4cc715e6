"""`airdock messages`: sends to the built-in hub of a server, and looks at what it has."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from airdock.cli.server_options import JsonOption, ServerOption, connected, say_json
from airdock.cli.terminal import fail, paint, printable, say

if TYPE_CHECKING:
    from airdock.api.messages import ChannelInfo, ChannelKind, MessageInfo

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The topic, or queue.", show_default=False)]
QueueOption = Annotated[bool, typer.Option("--queue", help="The name is that of a queue.")]

_MOST = 8 * 1024 * 1024 + 1
"""Bytes that are read: more than a message may have, so that a larger one is refused and not cut."""
_WIDTH = 100


@app.callback()
def messages() -> None:
    """Send messages to the built-in hub of a server, and look at its topics and queues.

    \b
    Examples:
      airdock messages topics
    """


@app.command("send")
def send_message(
    name: NameArgument,
    body: Annotated[
        str | None, typer.Argument(metavar="BODY", help="The content; standard input if left out.", show_default=False)
    ] = None,
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Send a file's content.", show_default=False)
    ] = None,
    content_type: Annotated[
        str | None, typer.Option(metavar="TYPE", help="Content type.", show_default="JSON if it is, else plain text")
    ] = None,
    key: Annotated[str, typer.Option(metavar="KEY", help="Messages of one key are kept in order.")] = "",
    id: Annotated[str, typer.Option(metavar="ID", help="By which a second one is known as the same.")] = "",
    queue: QueueOption = False,
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """Send a message to a topic, or a queue.

    \b
    Examples:
      airdock messages send orders '{"id": 7}'
      airdock messages send invoices --queue --file invoice.xml --content-type application/xml
    """
    content = _content(body, file)
    with connected(server) as client:
        kind = _kind(queue)
        sent = client.messages.send(name, content, content_type or _type_of(content), kind=kind, key=key, id=id)
    if json:
        say_json(sent)
    else:
        say(f"{printable(sent.id)} was there already" if sent.duplicate else f"{printable(sent.id)} is sent")


@app.command("peek")
def peek_messages(
    name: NameArgument,
    start: Annotated[
        int | None, typer.Option("--from", metavar="NUMBER", min=1, help="Number of the first.", show_default="newest")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="NUMBER", min=1, max=100, help="As many at most.")] = 20,
    queue: QueueOption = False,
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """Look at messages, the newest or from a number on. Nothing is taken away.

    \b
    Examples:
      airdock messages peek orders
      airdock messages peek orders --from 100 --json
    """
    with connected(server) as client:
        found = client.messages.peek(name, kind=_kind(queue), start=start, limit=limit)
    if json:
        say_json(found)
    else:
        say(*_messages(found))


@app.command("topics")
def list_topics(server: ServerOption = None, json: JsonOption = False) -> None:
    """List topics and queues, and how far those who read them have come.

    \b
    Examples:
      airdock messages topics
    """
    with connected(server) as client:
        found = list(client.messages.topics())
    if json:
        say_json(found)
    else:
        say(*_topics(found))


def _kind(queue: bool) -> "ChannelKind":
    return "queue" if queue else "topic"


def _content(body: str | None, file: Path | None) -> bytes:
    if body is not None and file is not None:
        fail("BODY and --file exclude each other", 2)
    if body is not None:
        return body.encode()
    if file is None:
        return sys.stdin.buffer.read(_MOST)
    try:
        with open(file, "rb") as opened:
            return opened.read(_MOST)
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")


def _type_of(content: bytes) -> str:
    import msgspec

    try:
        msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "text/plain; charset=utf-8"
    return "application/json"


def _messages(found: "list[MessageInfo]") -> Iterator[str]:
    from airdock.cli.terminal import json_text

    if not found:
        yield "there are no messages"
    for each in found:
        key = f"  key {printable(each.key)}" if each.key else ""
        yield paint(f"{each.sequence}  {each.at.astimezone():%Y-%m-%d %H:%M:%S}  {printable(each.id)}{key}", "dim")
        text = each.content if isinstance(each.content, str) else " ".join(json_text(each.content).split())
        text = printable(text)
        yield f"  {text if len(text) <= _WIDTH else text[:_WIDTH] + '…'}"


def _topics(found: "list[ChannelInfo]") -> Iterator[str]:
    if not found:
        yield "there are no topics and queues"
    for each in found:
        yield f"{each.kind} {paint(printable(each.name), 'bold')}  {each.messages} messages, {each.size} bytes"
        for client in each.subscriptions:
            last = (
                "nothing yet" if client.at is None else f"{client.last} at {client.at.astimezone():%Y-%m-%d %H:%M:%S}"
            )
            yield (
                f"  {printable(client.client)}  {client.pending} waiting, {client.open} in work,"
                f" {client.redelivered} again; last {last}"
            )
