"""What becomes of an error that a command did not expect: one clean line, never a traceback unless it was asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from typer._click.exceptions import ClickException

from airdock.cli.terminal import fail
from airdock.errors import AirdockError

_OWN = (typer.Exit, typer.Abort, ClickException, BrokenPipeError)
"""How a command ends on purpose; typer deals with these."""


@contextmanager
def reported(debug: bool) -> Iterator[None]:
    """Ends the program with code 1 and a line on standard error where an error escapes; `debug`: with its traceback."""
    try:
        yield
    except _OWN:
        raise
    except AirdockError as error:
        if debug:
            raise
        fail(str(error))
    except Exception as error:
        if debug:
            raise
        fail(
            f"{type(error).__name__}: {error}",
            hint="This is a fault of Airdock. `airdock --debug …` shows where it is.",
        )
