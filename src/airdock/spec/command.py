"""The declaration of a command: a program that the operator of an installation lets flows run, under a name."""

import re
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, Protocol

from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import Choice, Duration, Integer, ListOf, MapOf, Size, Text


class AllowedCommand(Spec):
    """A program that flows may run.

    Without further fields it takes no arguments, sees an empty environment, and works in an empty folder that is
    removed behind it.
    """

    program: str = field(
        Text(r"/[^\0]*[^/\0]", "the absolute path of a program"),
        "The program's path.",
        default=REQUIRED,
        example="/usr/bin/convert",
    )
    description: str = field(Text(), "What it does.", default="")
    arguments: list[str] = field(
        ListOf(Text()), "Arguments in front of those that steps give.", default=[], example=["-strip", "--"]
    )
    max_arguments: int = field(Integer(0, 1000), "How many arguments a step may give.", default=0, example=2)
    pattern: str = field(
        Text(),
        "A regular expression that the whole of each argument matches that a step gives; any text if left out.",
        default="",
        example="[a-z0-9]+\\.png",
    )
    options: str = field(
        Choice(("never", "literal", "always")),
        "Whether arguments that steps give may begin with `-`: none of them, those that stand in the descriptor without"
        " `${}`, or all.",
        default="never",
    )
    projects: list[str] = field(
        ListOf(Text()), "Projects whose flows may run it, as globs; all if left out.", default=[], example=["shop"]
    )
    folder: str = field(
        Text(r"|/[^\0]*", "an absolute path"),
        "The folder that it works in; an empty one of its own, which is removed afterwards, if left out.",
        default="",
        example="/srv/pictures",
    )
    environment: dict[str, str] = field(
        MapOf(Text()), "All that it sees of an environment.", default={}, example={"LANG": "C.UTF-8"}
    )
    timeout: float = field(
        Duration(), "After so long it is ended, and all that it began.", default=60.0, unit="s", example="30s"
    )
    max_output: int = field(
        Size(), "More output is an error, and ends it.", default=10 * 1024**2, unit="bytes", example="1MB"
    )
    concurrency: int = field(
        Integer(1, 1000), "So many run at once in each process of the server; more wait.", default=4
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = []
        try:
            re.compile(element.pattern)
        except re.error as error:
            broken.append(("pattern", f"this is no regular expression: {error}"))
        if any("\0" in each for each in element.arguments):
            broken.append(("arguments", "an argument holds a NUL character"))
        for name, value in element.environment.items():
            if not name or "=" in name or "\0" in name + value:
                broken.append(("environment", f"{name!r} cannot stand in an environment"))
        return broken

    def is_for(self, project: str) -> bool:
        """Whether flows of a project may run it."""
        return not self.projects or any(fnmatchcase(project, each) for each in self.projects)


class Argument(NamedTuple):
    """An argument that a step gives. `literal`: it stands in the descriptor so, whatever the message is."""

    value: Any
    literal: bool


class Ended(NamedTuple):
    """How a program ended.

    Attributes:
        status: Its exit code; 128 and the signal's number where a signal ended it, as shells have it.
        output, error: What it wrote, of `error` the end.
    """

    status: int
    output: bytes
    error: bytes


class Command(Protocol):
    """A command as a step holds it."""

    async def run(self, arguments: list[Argument], content: bytes) -> Ended:
        """Runs the program, and waits for its end. Whoever stops waiting ends it, and all that it began.

        Args:
            content: What it reads.

        Raises:
            FlowError: `connector.command.unknown`, the installation allows none of this name;
                `connector.command.argument`, it takes no such arguments; `connector.command.start`;
                `connector.command.tooLarge`; `connector.timeout`.
        """
