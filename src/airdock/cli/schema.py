"""`airdock schema`: prints the JSON Schema of a descriptor kind, or gives editors all of them."""

from pathlib import Path
from typing import Annotated

import typer

from airdock.cli.terminal import fail, json_text, say


def command(
    kind: Annotated[
        str | None,
        typer.Argument(metavar="KIND", help="flow, job, listener, connection, access, project, …", show_default=False),
    ] = None,
    vscode: Annotated[
        bool,
        typer.Option("--vscode", help="Write schemas and settings, so that editors complete and check descriptors."),
    ] = False,
    folder: Annotated[
        Path,
        typer.Option("--dir", metavar="DIR", help="The folder that the editor opens.", show_default="the current one"),
    ] = Path(),
) -> None:
    """Print the JSON Schema of a descriptor kind, or set up an editor with all of them.

    With --vscode the schemas are written into .airdock/schemas, and .vscode/settings.json says which files they are
    for; what stands in it already is kept, comments included. .vscode/extensions.json recommends an extension that
    reads YAML by a schema. Run it again after an update.

    \b
    Examples:
      airdock schema flow > flow.schema.json
      airdock schema --vscode
    """
    from airdock.descriptor.names import hint
    from airdock.plugins import catalogue
    from airdock.spec.descriptors import DESCRIPTORS
    from airdock.spec.schema import descriptor_schema

    if vscode:
        say(*set_up_editor(folder))
    elif kind is None:
        fail("name a kind of descriptor, or --vscode", 2, "the kinds are " + ", ".join(DESCRIPTORS))
    elif kind.lower() not in DESCRIPTORS:
        fail(f"there is no kind of descriptor {kind!r}", 2, hint(kind, DESCRIPTORS, "the kinds are "))
    else:
        say(json_text(descriptor_schema(kind.lower(), catalogue())))


def set_up_editor(folder: Path) -> list[str]:
    """Writes what editors need and tells which files changed. Ends the program with an error when it cannot."""
    from airdock.cli.editor.vscode import write_settings
    from airdock.cli.folder import checked_folder
    from airdock.errors import DescriptorError
    from airdock.plugins import catalogue

    try:
        changed = write_settings(checked_folder(folder), catalogue())
    except DescriptorError as error:
        fail(f"{error.problems[0]}", hint="nothing was written: mend the file, or move it away")
    except OSError as error:
        fail(f"{error.filename or folder} cannot be written: {error.strerror or error}")
    return [file.as_posix() for file in changed] or ["everything is there already"]
