"""`airdock schema`: prints the JSON Schema of a descriptor kind."""

from typing import Annotated

import typer

from airdock.cli.terminal import fail, json_text, say


def command(
    kind: Annotated[
        str,
        typer.Argument(metavar="KIND", help="flow, job, listener, connection, access or project.", show_default=False),
    ],
) -> None:
    """Print the JSON Schema of a descriptor kind.

    Editors complete and check descriptors with it.

    \b
    Example:
      airdock schema flow > flow.schema.json
    """
    from airdock.builtin import catalogue
    from airdock.descriptor.names import hint
    from airdock.spec.descriptors import DESCRIPTORS
    from airdock.spec.schema import descriptor_schema

    if kind.lower() not in DESCRIPTORS:
        fail(f"there is no kind of descriptor {kind!r}", 2, hint(kind, DESCRIPTORS, "the kinds are "))
    say(json_text(descriptor_schema(kind.lower(), catalogue())))
