"""`airdock connections`: how the connections of a server stand, and a try of one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from airdock.cli.server_options import JsonOption, ServerOption, connected, say_json
from airdock.cli.terminal import paint, printable, say

if TYPE_CHECKING:
    from airdock.api.connections import ConnectionInfo

app = typer.Typer(add_completion=False, rich_markup_mode=None, invoke_without_command=True)

_COLOURS = {"closed": "dim", "open": "green", "failing": "red"}


@app.callback()
def connections(context: typer.Context, server: ServerOption = None, json: JsonOption = False) -> None:
    """List the connections of a server and how they stand, or try one.

    A connection is opened when something first uses it; `closed` is one that nothing has used yet.

    \b
    Examples:
      airdock connections
      airdock connections test shop/crm
    """
    if context.invoked_subcommand is not None:
        return
    with connected(server) as client:
        found = list(client.connections())
    if json:
        say_json(found)
    else:
        say(*_table(found))


@app.command("test")
def try_connection(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The connection, with its project: shop/crm.", show_default=False)
    ],
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """Open a connection on the server and ask its service for a sign of life.

    \b
    Examples:
      airdock connections test shop/crm
    """
    with connected(server) as client:
        found = client.test_connection(name)
    if json:
        say_json(found)
    elif found.works:
        say(f"{paint('works', 'green')}  {printable(found.name)} answered after {found.seconds * 1000:.0f} ms")
    else:
        say(f"{paint('fails', 'red')}  {printable(found.error)}  [{found.code}]")
    if not found.works:
        raise typer.Exit(1)


def _table(connections: "list[ConnectionInfo]") -> Iterator[str]:
    if not connections:
        yield "there is no connection"
        return
    from airdock.cli.run_lines import local_time

    names = [printable(each.name) for each in connections]
    width, types = max(map(len, ["NAME", *names])), max(map(len, ["TYPE", *(each.type for each in connections)]))
    yield paint(f"{'NAME':<{width}}  {'TYPE':<{types}}  STATE    USERS", "dim")
    for name, each in zip(names, connections, strict=True):
        since = f"  since {local_time(each.since)}" if each.since is not None else ""
        state = paint(f"{each.state:<7}", _COLOURS[each.state])
        yield f"{name:<{width}}  {each.type:<{types}}  {state}  {each.users:>5}{since}"
        if each.error:
            yield f"{'':<{width}}  {printable(each.error)}"
