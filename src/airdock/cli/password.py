"""Asking for what must not be seen: passwords and tokens, from a person or from a program."""

import sys
from typing import Annotated

import typer

from airdock.cli.terminal import fail

PasswordStdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, for programs.")
]

_LONGEST = 64 * 1024


def asked_password(prompt: str, *, stdin: bool, confirm: bool = False) -> str:
    """A password: the first line of standard input, or what a person types without it being shown.

    Ends the program with code 1 where nobody can be asked.
    """
    if stdin:
        return line_of_stdin("password")
    if not sys.stdin.isatty():
        fail(f"{prompt}: nobody can be asked here", hint="--password-stdin reads it from standard input.")
    return str(typer.prompt(prompt, hide_input=True, confirmation_prompt=confirm, err=True))


def line_of_stdin(what: str) -> str:
    """The first line of standard input. Ends the program with code 2 when it is empty."""
    line = sys.stdin.readline(_LONGEST).rstrip("\r\n")
    if not line:
        fail(f"standard input has no {what}", 2)
    return line
