"""Arguments of programs, as messages give them."""

import re
from collections.abc import Sequence
from typing import Any

from airdock.errors import FlowError
from airdock.spec.command import AllowedCommand, Argument

_LONGEST = 100_000
"""Bytes of one argument; systems have a limit of their own a little above."""


def checked(name: str, command: AllowedCommand, given: Sequence[Argument]) -> list[str]:
    """The arguments that a program is started with: each of those given is one, whatever it holds.

    Raises:
        FlowError: `connector.command.argument`.
    """
    if len(given) > command.max_arguments:
        raise _refused(name, f"takes {command.max_arguments} arguments at most, not {len(given)} (`maxArguments`)")
    texts = [_text(name, position, each.value) for position, each in enumerate(given, 1)]
    for position, (text, each) in enumerate(zip(texts, given, strict=True), 1):
        if text.startswith("-") and not (
            command.options == "always" or (command.options == "literal" and each.literal)
        ):
            raise _refused(name, f"takes no argument {position} that begins with '-' (`options`)")
        if command.pattern and not re.fullmatch(command.pattern, text):
            raise _refused(name, f"takes no argument {position} such as {text[:100]!r} (`pattern`)")
    return [*command.arguments, *texts]


def _text(name: str, position: int, value: Any) -> str:
    if isinstance(value, bool):
        value = "true" if value else "false"
    if isinstance(value, int | float):
        value = str(value)
    if not isinstance(value, str):
        kind = "null" if value is None else "an object" if isinstance(value, dict) else "no text"
        raise _refused(name, f"got {kind} as argument {position}: an argument is a text, a number, true or false")
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise _refused(name, f"cannot take argument {position}: it holds one half of a character") from None
    if "\0" in value or size > _LONGEST:
        what = "a NUL character" if "\0" in value else f"{size:,} bytes"
        raise _refused(name, f"cannot take argument {position}: it holds {what}")
    return value


def _refused(name: str, reason: str) -> FlowError:
    return FlowError("connector.command.argument", f"the command {name!r} {reason}")
