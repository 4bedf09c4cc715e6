"""The reference page of commands: what `--help` says of each."""

from collections.abc import Iterator
from typing import Any

from airdock.cli.app import COMMANDS, build_app, load_command

WIDTH = 100
"""Characters of a line, whatever the terminal at hand has."""

_HEAD = "# Commands\n\nWhat `airdock COMMAND --help` says.\n"


def commands_page() -> str:
    """The page `docs/reference/commands.md`, as Markdown."""
    return _HEAD + "".join(_section(words) for words in command_words())


def command_words() -> Iterator[tuple[str, ...]]:
    """Every command, and behind it the commands that it has itself: `("runs",)`, `("runs", "show")`."""
    for name in COMMANDS:
        yield (name,)
        for inner in getattr(load_command(name), "commands", {}):
            yield (name, inner)


def _section(words: tuple[str, ...]) -> str:
    level = "#" * (len(words) + 1)
    return f"\n{level} airdock {' '.join(words)}\n\n```text\n{_help(words)}\n```\n"


def _help(words: tuple[str, ...]) -> str:
    """The help text of a command, found as a call of the program finds it."""
    command: Any = build_app()
    context = command.context_class(command, info_name="airdock", terminal_width=WIDTH, max_content_width=WIDTH)
    for word in words:
        _, command, _ = command.resolve_command(context, [word])
        context = command.context_class(command, parent=context, info_name=word)
    return str(command.get_help(context)).rstrip()
