"""`airdock fmt`: formats descriptors."""

import difflib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from airdock.cli.terminal import fail, paint, printable, say

if TYPE_CHECKING:
    from airdock.formatting import Formatter

STDIN = "-"


class Target(NamedTuple):
    """A file to format, as it was named, and its path in the folder that it was found in."""

    file: Path
    inside: str


def command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILES|DIR]...",
            help="Descriptors, or folders of them; `-` formats standard input.",
            show_default="the current folder",
        ),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit code 1 if something would be.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Change nothing; show what would be.")] = False,
    stdin_name: Annotated[
        str, typer.Option("--stdin-name", metavar="NAME", help="What standard input is called: its kind and notation.")
    ] = "stdin.flow",
) -> None:
    """Format descriptors: one layout, with every comment kept.

    Two spaces of indent; a list or an object stands on one line where its author wrote it so and it fits into 100
    columns; `type`, `name` and `description` come first. What a file says is compared before it is written, so it
    never changes. A file that is not well-formed is left as it is and told, and the exit code is 1.

    \b
    Examples:
      airdock fmt
      airdock fmt services --check
      airdock fmt --diff shop/orders.flow
      airdock fmt - --stdin-name orders.flow.yaml < orders.flow.yaml
    """
    formatter = _formatter()
    if paths == [Path(STDIN)]:
        _format_stdin(formatter, stdin_name, check=check, diff=diff)
        return
    counts = {"formatted": 0, "refused": 0, "right": 0}
    for target in _targets(paths or [Path()]):
        counts[_format(formatter, target, write=not (check or diff), show=diff)] += 1
    _summary(counts, would=check or diff)
    if counts["refused"] or (check and counts["formatted"]):
        raise typer.Exit(1)


def _formatter() -> "Formatter":
    from airdock.descriptor.reader import Reader
    from airdock.formatting import Formatter
    from airdock.plugins import catalogue

    return Formatter(Reader(catalogue()))


def _targets(paths: list[Path]) -> Iterator[Target]:
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path)
        elif path.is_file():
            yield Target(path, path.name)
        else:
            fail(f"there is no file or folder {path}", 2)


def _in_folder(folder: Path) -> Iterator[Target]:
    from airdock.agent.paths import is_passed_over

    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_passed_over(name))
        for name in sorted(names):
            file = Path(parent, name)
            inside = file.relative_to(folder).as_posix()
            if not name.startswith(".") and kind_of_file(inside) is not None and file.is_file():
                yield Target(file, inside)


def kind_of_file(inside: str) -> str | None:
    """The kind of a descriptor by its path in a folder of projects, in a project, or by its name alone."""
    from airdock.descriptor.reader import kind_of

    return kind_of(inside) or (kind_of(f"project/{inside}") if "/" not in inside else None)


def _format(formatter: "Formatter", target: Target, *, write: bool, show: bool) -> str:
    """Formats a file: `formatted` or `right`; `refused` where it cannot be."""
    from airdock.cli.problems import text_lines
    from airdock.errors import DescriptorError

    name = target.file.as_posix()
    try:
        before = target.file.read_bytes()
        after = formatter.format(before, name, kind_of_file(target.inside)).encode()
        if after == before:
            return "right"
        if write:
            replace_file(target.file, after)
    except DescriptorError as error:
        for line in text_lines(error.problems, Path(), sys.stderr):
            typer.echo(line, err=True)
        return "refused"
    except OSError as error:
        typer.echo(f"{name}: {error.strerror or error}", err=True)
        return "refused"
    say(*(_difference(before, after, name) if show else [printable(name)]))
    return "formatted"


def replace_file(file: Path, content: bytes) -> None:
    """Puts a content in the place of a file's at once: who reads it sees the one or the other."""
    real = file.resolve()
    handle, made = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.chmod(made, real.stat().st_mode & 0o7777)
        os.replace(made, real)
    except BaseException:
        os.unlink(made)
        raise


def _difference(before: bytes, after: bytes, name: str) -> Iterator[str]:
    lines = difflib.unified_diff(
        before.decode().splitlines(), after.decode().splitlines(), name, f"{name} (formatted)", lineterm=""
    )
    for line in lines:
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        text = printable(line)
        yield paint(text, colour) if colour else text


def _format_stdin(formatter: "Formatter", name: str, *, check: bool, diff: bool) -> None:
    from airdock.cli.problems import text_lines
    from airdock.errors import DescriptorError

    before = sys.stdin.buffer.read()
    try:
        after = formatter.format(before, name, kind_of_file(Path(name).name)).encode()
    except DescriptorError as error:
        for line in text_lines(error.problems, Path(), sys.stderr):
            typer.echo(line, err=True)
        raise typer.Exit(1) from None
    if diff:
        say(*_difference(before, after, name))
    elif not check:
        sys.stdout.buffer.write(after)
        sys.stdout.buffer.flush()
    if check and after != before:
        raise typer.Exit(1)


def _summary(counts: dict[str, int], *, would: bool) -> None:
    number = sum(counts.values())
    if not number:
        say("no descriptors")
        return
    parts = []
    if counts["formatted"]:
        parts.append(f"{counts['formatted']} {'would be formatted' if would else 'formatted'}")
    if counts["refused"]:
        parts.append(f"{counts['refused']} cannot be formatted")
    if counts["right"]:
        parts.append(f"{counts['right']} already right")
    colour = "red" if counts["refused"] else "yellow" if counts["formatted"] and would else "green"
    say(paint(", ".join(parts), colour))
