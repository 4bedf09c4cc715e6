"""`airdock call`: sends a request to a flow of a folder, without a server."""

import asyncio
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from airdock.cli.folder import checked_folder, registry_path_of
from airdock.cli.installation import settings_of
from airdock.cli.terminal import fail

if TYPE_CHECKING:
    from airdock.cli.request import Sent
    from airdock.testing import FlowClient, Result, TracedStep


class Format(StrEnum):
    """How the answer is written."""

    TEXT = "text"
    JSON = "json"


def command(
    address: Annotated[
        str,
        typer.Argument(
            metavar="ADDRESS", help='A flow\'s address such as "shop/order.flow?id=7", or its file.', show_default=False
        ),
    ],
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="The folder of projects.", show_default="the current one")
    ] = None,
    method: Annotated[
        str,
        typer.Option("--request", "-X", metavar="METHOD", help="The method.", show_default="GET, or POST with a body"),
    ] = "",
    header: Annotated[
        list[str] | None,
        typer.Option("--header", "-H", metavar="HEADER", help="A header 'name: value'; may be repeated."),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option("--data", "-d", metavar="DATA", help="The body: a text, @FILE, or @- for standard input."),
    ] = None,
    json: Annotated[str | None, typer.Option("--json", metavar="JSON", help="The same, as application/json.")] = None,
    form: Annotated[
        list[str] | None, typer.Option("--form", metavar="NAME=VALUE", help="A field of a form; may be repeated.")
    ] = None,
    directory: Annotated[
        Path | None, typer.Option("--dir", metavar="DIR", help="The same as the argument DIR.")
    ] = None,
    body_only: Annotated[
        bool, typer.Option("--body-only", "-q", help="Print the answer's body alone, byte for byte.")
    ] = False,
    trace: Annotated[bool, typer.Option("--trace", help="Show what each step changed, and how long it took.")] = False,
    format: Annotated[Format, typer.Option(help="For people or for programs.")] = Format.TEXT,
) -> None:
    """Send a request to a flow of a folder, without a server.

    Prints the answer and the steps that the flow took, also those that ran beside it; log lines go to standard
    error. The run is not recorded. The exit code is 0 for a status below 400, else 1. As with curl, --data is sent as a
    form unless a header says otherwise.

    \b
    Examples:
      airdock call 'shop/order.flow?id=7'
      airdock call shop/order.flow --json '{"product": "tea"}'
      airdock call shop/order.flow --json @order.json --body-only
      airdock call shop/order.flow --json @order.json --trace
    """
    from airdock.cli.request import make_request
    from airdock.engine.runtime import Runtime
    from airdock.server.log_lines import begin_logging
    from airdock.server.outside import make_links
    from airdock.testing import FlowClient, Trace

    if folder is not None and directory is not None:
        fail("the folder is given twice: keep DIR or --dir", 2)
    root = checked_folder(folder or directory or Path())
    sent = make_request(address, method, header or [], data, json, form or [])
    begin_logging("warning" if body_only else "info")
    watched = Trace() if trace else None
    client = FlowClient(root, runtime=Runtime(observer=watched, links=make_links(settings_of(None))))
    sent = sent._replace(address=address_of(address, client, root))
    result = asyncio.run(_called(client, sent))
    traced = watched.of(result.run.exchange.run.id) if watched is not None and result.run is not None else None
    _show(result, client, sent, root, "body" if body_only else format, traced)
    if result.status >= 400:
        raise typer.Exit(1)


async def _called(client: "FlowClient", sent: "Sent") -> "Result":
    result = await client.call(sent.method, sent.address, headers=sent.headers, content=sent.body)
    await client.settle()
    await client.close()
    return result


def address_of(written: str, client: "FlowClient", root: Path) -> str:
    """The address of a flow that was named by its address or its file."""
    from airdock.cli.request import joined_address, split_address

    path, query = split_address(written)
    files = {each.path: root / client.agent.shown(each.path) for each in client.agent.artefacts}
    return joined_address(registry_path_of(path, root, files) or path, query)


def _show(
    result: "Result",
    client: "FlowClient",
    sent: "Sent",
    root: Path,
    how: str,
    traced: list["TracedStep"] | None,
) -> None:
    from airdock.cli import answer

    beside = [run for run in client.runs if run is not result.run]
    if how == "body":
        sys.stdout.flush()
        sys.stdout.buffer.write(result.content)
        if sys.stdout.isatty() and not result.content.endswith(b"\n"):
            sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()
    elif how == Format.JSON:
        answer.show_json(result, traced, beside)
    else:
        answer.show_text(result, client.agent, sent, root, traced, beside)
