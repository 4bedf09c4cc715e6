"""`airdock routes`: the addresses that published flows answer at."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from airdock.cli.server_options import JsonOption, ServerOption, connected, say_json
from airdock.cli.terminal import paint, printable, say

if TYPE_CHECKING:
    from airdock.api.flows import RouteInfo


def command(
    project: Annotated[
        str | None, typer.Option("--project", metavar="NAME", help="Those of this project only.")
    ] = None,
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """List the addresses that published flows answer at.

    \b
    Examples:
      airdock routes
      airdock routes --project shop
    """
    with connected(server) as client:
        found = [each for each in client.routes() if project in (None, each.project)]
    if json:
        say_json(found)
    else:
        say(*_table(found))


def _table(routes: "list[RouteInfo]") -> Iterator[str]:
    if not routes:
        yield "no flow is published"
        return
    rows = [(",".join(each.methods or ["any"]), printable(each.address), printable(each.flow)) for each in routes]
    methods, addresses, flows = (max(map(len, column)) for column in zip(*rows, strict=True))
    head = f"{'METHODS':<{max(methods, 7)}}  {'ADDRESS':<{addresses}}  {'FLOW':<{flows}}  RELEASE"
    yield paint(head, "dim")
    for row, each in zip(rows, routes, strict=True):
        roles = f"  for {printable(', '.join(each.roles))}" if each.roles else ""
        release = each.release if each.release is not None else "-"
        yield f"{row[0]:<{max(methods, 7)}}  {row[1]:<{addresses}}  {row[2]:<{flows}}  {release:>7}{roles}"
