"""`airdock debug`: runs a flow step by step."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from airdock.cli.folder import checked_folder
from airdock.cli.installation import settings_of
from airdock.cli.terminal import fail, say

if TYPE_CHECKING:
    from airdock.cli.debugging.debugger import Debugger
    from airdock.cli.request import Sent
    from airdock.testing import FlowClient, Result


def command(
    address: Annotated[
        str,
        typer.Argument(
            metavar="ADDRESS", help='A flow\'s address such as "shop/order.flow?id=7", or its file.', show_default=False
        ),
    ],
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of projects.", show_default="the current one")
    ] = Path(),
    method: Annotated[
        str,
        typer.Option("--request", "-X", metavar="METHOD", help="The method.", show_default="GET, or POST with a body"),
    ] = "",
    header: Annotated[
        list[str] | None,
        typer.Option("--header", "-H", metavar="HEADER", help="A header 'name: value'; may be repeated."),
    ] = None,
    data: Annotated[
        str | None, typer.Option("--data", "-d", metavar="DATA", help="The body: a text, or @FILE.")
    ] = None,
    json: Annotated[str | None, typer.Option("--json", metavar="JSON", help="The same, as application/json.")] = None,
    form: Annotated[
        list[str] | None, typer.Option("--form", metavar="NAME=VALUE", help="A field of a form; may be repeated.")
    ] = None,
    breakpoints: Annotated[
        list[str] | None,
        typer.Option(
            "--break",
            "-b",
            metavar="STEP",
            help="Stop at this step first, by name or path, or 'STEP if EXPRESSION'; may be repeated.",
        ),
    ] = None,
    on_error: Annotated[bool, typer.Option("--on-error", help="Stop where a step fails.")] = False,
) -> None:
    """Run a flow step by step, without a server.

    The run stops in front of its first step, or at the first breakpoint, and waits for a command: `help` lists them.
    Meanwhile time stands still for the flow, so no timeout is over. An expression sees the exchange as a step would,
    and values may be changed.

    \b
    Examples:
      airdock debug shop/order.flow --json @order.json
      airdock debug shop/order.flow --break 'price if body.total > 100' --on-error
    """
    from airdock.cli.debugging.pausing import PausableLoop
    from airdock.cli.debugging.prompt import QuitError
    from airdock.cli.request import make_request
    from airdock.engine.runtime import Runtime
    from airdock.server.log_lines import begin_logging
    from airdock.server.outside import make_links
    from airdock.testing import FlowClient

    root = checked_folder(folder)
    if data == "@-" or json == "@-":
        fail("standard input is for the commands: give the body as @FILE", 2)
    sent = make_request(address, method, header or [], data, json, form or [])
    debugger = _debugger(root, breakpoints or [], on_error)
    begin_logging("info")
    client = FlowClient(root, runtime=Runtime(observer=debugger, links=make_links(settings_of(None))))
    try:
        with asyncio.Runner(loop_factory=PausableLoop) as runner:
            result = runner.run(_called(client, sent, root))
    except QuitError:
        say("", "the run was ended")
        return
    _show(result, client, sent, root)


def _debugger(root: Path, breakpoints: list[str], on_error: bool) -> "Debugger":
    from airdock.cli.debugging.breakpoints import Breakpoint
    from airdock.cli.debugging.debugger import Debugger
    from airdock.cli.debugging.prompt import Prompt
    from airdock.expressions import ExpressionSyntaxError

    try:
        import readline  # noqa: F401 -- lines can be edited where it is there
    except ImportError:
        pass
    made = Debugger(Prompt(root, input), on_error=on_error, first="on" if breakpoints or on_error else "into")
    try:
        made.breakpoints = [Breakpoint(each) for each in breakpoints]
    except ExpressionSyntaxError as error:
        fail(f"a breakpoint's condition does not compile: {error.message}", 2)
    except ValueError as error:
        fail(str(error), 2)
    return made


async def _called(client: "FlowClient", sent: "Sent", root: Path) -> "Result":
    from airdock.cli.call import address_of

    address = address_of(sent.address, client, root)
    result = await client.call(sent.method, address, headers=sent.headers, content=sent.body)
    await client.settle()
    await client.close()
    return result


def _show(result: "Result", client: "FlowClient", sent: "Sent", root: Path) -> None:
    from airdock.cli.answer import show_text

    say("")
    show_text(result, client.agent, sent, root)
