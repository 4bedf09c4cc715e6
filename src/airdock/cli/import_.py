"""`airdock import`: makes descriptors of the routes of other systems, and of documents that describe services."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from airdock.cli.terminal import fail, json_text, paint, printable, say

if TYPE_CHECKING:
    from airdock.camel import Translation

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Make a project of routes of another system, or of a document that describes a service."""


@app.command("camel-yaml")
def camel_yaml(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Routes in Camel's YAML DSL.", show_default=False)],
    folder: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="The folder of projects.", show_default="the current one")
    ] = Path(),
    project: Annotated[
        str, typer.Option("--project", metavar="NAME", help="The project.", show_default="the name of FILE")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; only say what would be.")] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print files and notes for programs, and write nothing.")
    ] = False,
) -> None:
    """Translate routes of Apache Camel (YAML DSL) into a project.

    Each route becomes a flow, each schedule a job. What could not be translated is listed with its line, and a step in
    its place fails when a run comes there. The exit code is 0 when everything was translated, 1 when something was
    not, 2 when the file cannot be read.

    \b
    Examples:
      airdock import camel-yaml routes.camel.yaml --dry-run
      airdock import camel-yaml routes.camel.yaml --project orders --force
    """
    from airdock.camel import translate_yaml
    from airdock.camel.endpoints import file_name
    from airdock.cli.problems import text_lines
    from airdock.errors import DescriptorError

    name = project or file_name(file.name.partition(".")[0])
    try:
        translation = translate_yaml(file.read_bytes(), str(file), name)
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror or error}", 2)
    except DescriptorError as error:
        say(*text_lines(error.problems, Path()))
        fail(f"{file} cannot be read", 2)
    if json:
        say(json_text(_document(translation, name)))
    else:
        _write(translation.files, folder / name, force, dry_run)
        _report(translation)
    if any(note.lost for note in translation.notes):
        raise typer.Exit(1)


@app.command("openapi")
def openapi(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="An OpenAPI document, JSON or YAML.", show_default=False)
    ],
    folder: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="The folder of projects.", show_default="the current one")
    ] = Path(),
    project: Annotated[
        str, typer.Option("--project", metavar="NAME", help="The project.", show_default="the name of FILE")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; only say what would be.")] = False,
) -> None:
    """Make a project of an OpenAPI document (3.0 or 3.1).

    It has the document, a connection to the service, and for each operation a flow that calls it, with a test. The exit
    code is 2 when the file cannot be read.

    \b
    Examples:
      airdock import openapi petstore.yaml --dry-run
      airdock import openapi petstore.yaml --project pets
    """
    from airdock.camel.endpoints import file_name
    from airdock.connectors.http.openapi.document import DocumentError
    from airdock.connectors.http.openapi.importing import import_openapi

    stem = file_name(file.name.partition(".")[0])
    name = project or stem
    suffix = ".json" if file.suffix == ".json" else ".yaml"
    try:
        made = import_openapi(file.read_bytes(), f"{stem}{suffix}", name)
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror or error}", 2)
    except (DocumentError, UnicodeDecodeError) as error:
        fail(f"{file} cannot be read: {error}", 2)
    _write(made.files, folder / name, force, dry_run)
    if made.notes:
        say("", paint("To be looked at:", "yellow", "bold"))
    for note in made.notes:
        say(f"  {printable(note)}")


def _document(translation: "Translation", project: str) -> dict[str, Any]:
    notes = [
        {
            "line": note.place.line,
            "column": note.place.column,
            "what": note.what,
            "message": note.message,
            "lost": note.lost,
        }
        for note in translation.notes
    ]
    return {"project": project, "files": translation.files, "notes": notes}


def _write(files: dict[str, Any], folder: Path, force: bool, dry_run: bool) -> None:
    """Writes texts as they are and descriptors as JSON."""
    there = [path for path in files if (folder / path).exists()]
    if there and not force and not dry_run:
        fail(f"{folder / there[0]} is there already", hint="--force replaces files, --dry-run writes nothing")
    for path, content in files.items():
        if not dry_run:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                text = content if isinstance(content, str) else json_text(content) + "\n"
                (folder / path).write_text(text, encoding="utf-8")
            except OSError as error:
                fail(f"{folder / path} cannot be written: {error.strerror or error}")
        say(f"{'would write' if dry_run else 'wrote'} {paint(str(folder / path), 'bold')}")
    if not files:
        say("there is nothing to translate in it")


def _report(translation: "Translation") -> None:
    for title, lost, colour in (("Not translated:", True, "red"), ("To be looked at:", False, "yellow")):
        notes = [note for note in translation.notes if note.lost is lost]
        if notes:
            say("", paint(title, colour, "bold"))
        for note in notes:
            say(f"  {printable(str(note.place))}: {printable(note.what)}: {printable(note.message)}")
