"""`airdock listeners`: how the listeners of a server stand, and pausing them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from airdock.cli.server_options import JsonOption, ServerOption, connected, say_json
from airdock.cli.terminal import paint, printable, say

if TYPE_CHECKING:
    from airdock.api.listeners import ListenerInfo

app = typer.Typer(add_completion=False, rich_markup_mode=None, invoke_without_command=True)

_COLOURS = {"starting": "dim", "listening": "green", "reconnecting": "red", "paused": "yellow", "stopped": "red"}

ListenerName = Annotated[
    str, typer.Argument(metavar="NAME", help="The listener, with its project: shop/orders.", show_default=False)
]


@app.callback()
def listeners(context: typer.Context, server: ServerOption = None, json: JsonOption = False) -> None:
    """List the listeners of a server and how they stand, pause one, or have one go on.

    \b
    Examples:
      airdock listeners
      airdock listeners pause shop/orders
    """
    if context.invoked_subcommand is not None:
        return
    with connected(server) as client:
        found = list(client.listeners.list())
    if json:
        say_json(found)
    else:
        say(*_table(found))


@app.command("pause")
def pause_listener(name: ListenerName, server: ServerOption = None) -> None:
    """Pause a listener on all nodes: it receives no more, and runs that go on end.

    \b
    Examples:
      airdock listeners pause shop/orders
    """
    with connected(server) as client:
        client.listeners.pause(name)
    say(f"{printable(name)} is paused")


@app.command("resume")
def resume_listener(name: ListenerName, server: ServerOption = None) -> None:
    """Have a listener go on that was paused.

    \b
    Examples:
      airdock listeners resume shop/orders
    """
    with connected(server) as client:
        client.listeners.resume(name)
    say(f"{printable(name)} goes on")


def _table(listeners: "list[ListenerInfo]") -> Iterator[str]:
    if not listeners:
        yield "there is no listener"
        return
    names = [printable(each.name) for each in listeners]
    width, kinds = max(map(len, names)), max(7, *(len(each.trigger) for each in listeners))
    yield paint(f"{'NAME':<{width}}  {'TRIGGER':<{kinds}}  STATE         RECEIVED  IN FLIGHT  DEAD LETTERS", "dim")
    for name, each in zip(names, listeners, strict=True):
        state = paint(f"{each.state:<12}", _COLOURS[each.state])
        received = sum(node.received for node in each.nodes)
        going = sum(node.in_flight for node in each.nodes)
        line = f"{name:<{width}}  {each.trigger:<{kinds}}  {state}  {received:>8}  {going:>9}  {each.dead_letters:>12}"
        yield f"{line}  paused by {printable(each.paused_by)}" if each.paused_by else line
        for error in sorted({node.error for node in each.nodes if node.error}):
            yield f"{'':<{width}}  {printable(error)}"
