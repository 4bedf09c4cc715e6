"""`airdock publish`: makes a release of a project."""

from typing import TYPE_CHECKING, Annotated

import typer

from airdock.cli.project.target import ProjectOption, TargetArgument, folder_of
from airdock.cli.project.tests import TestOption, check_tests
from airdock.cli.server_options import JsonOption, ServerOption, connected, problem_lines, say_json
from airdock.cli.terminal import fail, paint, printable, say

if TYPE_CHECKING:
    from airdock.api.workspace import Published


def command(
    target: TargetArgument = None,
    message: Annotated[str, typer.Option("--message", "-m", metavar="TEXT", help="What changed, for people.")] = "",
    project: ProjectOption = None,
    base: Annotated[
        str | None,
        typer.Option(
            "--base",
            metavar="NUMBER|current",
            help="The release that the change was made on. [default: the last that was pulled, merged or published]",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what was edited in the workspace meanwhile.")] = False,
    test: TestOption = False,
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """Make a release of a project: all of it or nothing.

    A folder that was pushed or activated goes by way of your workspace, any other is published as it is. In a git
    checkout the commit is recorded. Where nothing differs from the current release no release is made, and the exit
    code is 0. A folder that never was in step with the server takes the current release as its base, as a pipeline
    wants it.

    Exit code 1: the project has problems, or a test failed. 3: somebody published since the base; `airdock pull
    --merge` is the next move.

    \b
    Examples:
      airdock publish -m "Tea is cheaper" --test
      airdock publish shop -m "$CI_COMMIT_TITLE" --base current
    """
    from airdock.cli.project.release import publish_folder, publish_workspace

    if not message.strip():
        fail('say what changed: -m "…"', 2)
    number = _base(base)
    if test:
        check_tests(folder_of(target), project)
    with connected(server) as client:
        folder = folder_of(target)
        if folder is None:
            done = publish_workspace(client, project or str(target), message, number)
        else:
            done = publish_folder(client, folder, project, message, number, force=force)
    if json:
        say_json(done)
    else:
        say(*_told(done))


def _base(written: str | None) -> int | str | None:
    if written is None or written == "current":
        return written
    if not written.isascii() or not written.isdigit() or len(written) > 9:
        fail(f"--base is the number of a release or `current`, not {written!r}", 2)
    return int(written)


def _told(done: "Published") -> list[str]:
    from airdock.cli.project.difference import counted, file_lines

    name = printable(done.project)
    if not done.made:
        return [f"{name}: nothing differs from release {done.release}, so there is no new one"]
    return [
        f"{name} is published: {paint(f'release {done.release}', 'bold')}, {counted(done.difference)}",
        *file_lines(done.difference),
        *problem_lines(done.warnings),
    ]
