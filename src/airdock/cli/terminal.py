"""What the commands print: colours on a terminal only, nothing that a terminal would obey, one line per error."""

import os
import sys
from typing import Any, NoReturn, TextIO

import typer

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


def has_colours(stream: TextIO | None = None) -> bool:
    """Whether a stream (standard output if left out) is a terminal whose user wants colours."""
    stream = stream or sys.stdout
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, *styles: str, stream: TextIO | None = None) -> str:
    """A text in the given styles (`bold`, `dim`, `red`, `green`, `yellow`, `cyan`), where there are colours."""
    if not text or not has_colours(stream):
        return text
    return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"


def printable(text: str) -> str:
    """A text of somebody else's on one line, without characters that a terminal would obey."""
    return "".join(char if char.isprintable() else _replacement(char) for char in text)


def shortened(text: str, length: int) -> str:
    """The text on one line, cut with `…` when it is longer than `length` characters."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= length else line[: length - 1] + "…"


def say(*lines: str) -> None:
    """Prints lines on standard output."""
    for line in lines:
        typer.echo(line)


def fail(message: str, code: int = 1, hint: str = "") -> NoReturn:
    """Prints an error in one line on standard error, a hint below it, and ends the program.

    Args:
        code: 1 for what did not work, 2 for what was asked wrongly.
    """
    typer.echo(f"{paint('airdock:', 'red', 'bold', stream=sys.stderr)} {printable(message)}", err=True)
    if hint:
        typer.echo(f"  {printable(hint)}", err=True)
    raise typer.Exit(code)


def json_text(value: Any) -> str:
    """A value as JSON for people and programs: indented, with its text as it is."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(_whole(value), enc_hook=str), indent=2).decode()


def _whole(value: Any) -> Any:
    """Records as objects with all of their fields, so that the shape does not depend on the values."""
    if isinstance(value, list | tuple):
        return [_whole(each) for each in value]
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    names = getattr(value, "__struct_fields__", None)
    return value if names is None else {name: _whole(getattr(value, name)) for name in names}


def _replacement(char: str) -> str:
    return " " if char in "\t\r\n" else "\ufffd"
