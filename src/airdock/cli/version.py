"""`airdock version`."""

import typer

from airdock import __version__


def command() -> None:
    """Print the version."""
    typer.echo(f"airdock {__version__}")
