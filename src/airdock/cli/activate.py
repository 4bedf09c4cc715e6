"""`airdock activate`: runs a project in the caller's sandbox."""

from typing import Annotated

import typer

from airdock.cli.project.target import ProjectOption, TargetArgument, folder_of
from airdock.cli.project.tests import TestOption, check_tests
from airdock.cli.server_options import JsonOption, ServerOption, connected, problem_lines, say_json
from airdock.cli.terminal import paint, printable, say


def command(
    target: TargetArgument = None,
    project: ProjectOption = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what was edited in the workspace meanwhile.")] = False,
    test: TestOption = False,
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """Run a project in your sandbox.

    A folder is pushed to your workspace first. The flows answer at addresses of your own, to you alone. A project with
    problems is not activated: what ran before goes on, and the exit code is 1.

    \b
    Examples:
      airdock activate
      airdock activate shop
    """
    from airdock.cli.project.local import open_project
    from airdock.cli.project.send import push

    folder = folder_of(target)
    if test:
        check_tests(folder, project)
    with connected(server) as client:
        name = project or str(target)
        if folder is not None:
            found = open_project(folder, client, project)
            push(client, found, force=force)
            name = found.name
        done = client.workspace.activate(name)
    if json:
        say_json(done)
    elif done.activated:
        say(f"{printable(name)} {paint('runs', 'green')} in your sandbox")
        say(*(f"  {client.server}{printable(address)}" for address in done.addresses))
        say(*problem_lines(done.warnings))
    else:
        say(*problem_lines(done.problems), f"{printable(name)} was {paint('not activated', 'red')}")
    if not done.activated:
        raise typer.Exit(1)
