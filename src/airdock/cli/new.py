"""`airdock new`: makes a project from a template."""

import re
import shlex
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from airdock.cli.schema import set_up_editor
from airdock.cli.terminal import fail, paint, say

FOLDER = Path(__file__).parent / "templates"
STAND_IN = "my_project"
"""Stands in the templates' files where the project's name belongs."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_PASSED_OVER = ("__pycache__", "node_modules")


class Template(NamedTuple):
    """A template: what it shows, and the request to try first."""

    summary: str
    address: str
    method: str = ""
    json: str = ""


TEMPLATES = {
    "routing": Template("Routing by a request parameter.", "hello.flow?name=Joe"),
    "shield": Template("Shielding a script, in JavaScript and in Python.", "greet_js.flow?name=Joe"),
    "job": Template("A scheduled job.", "tidy_up_now.flow", method="POST"),
    "listener": Template("A listener to messages.", "take_order.flow", json='{"id": 7, "total": 1200}'),
    "enrich": Template(
        "Enrichment: adds what another HTTP service knows.", "order.flow", json='{"product": "tea", "quantity": 3}'
    ),
}


def command(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="The project: a folder of this name is made.")
    ] = None,
    template: Annotated[
        str, typer.Option("--template", "-t", metavar="TEMPLATE", help=f"What it begins with: {', '.join(TEMPLATES)}.")
    ] = "routing",
    parent: Annotated[
        Path,
        typer.Option("--dir", metavar="DIR", help="The folder that it is made in.", show_default="the current one"),
    ] = Path(),
    show: Annotated[bool, typer.Option("--list", help="List the templates.")] = False,
) -> None:
    """Make a project from a template.

    The project is a folder with descriptors, scripts and a README, and with settings that make editors complete and
    check descriptors. Nothing that exists is overwritten.

    \b
    Examples:
      airdock new shop
      airdock new shop --template enrich
      airdock new --list
    """
    if show or name is None:
        say(*_listing())
        return
    made = make_project(name, template, parent)
    say(*_told(made, name, TEMPLATES[template], parent))


def make_project(name: str, template: str, parent: Path) -> list[Path]:
    """Makes the project's folder and its files; gives these. Ends the program with an error when it cannot."""
    if not _NAME.fullmatch(name) or name in _PASSED_OVER:
        fail(f"{name!r} cannot be a project's name: use letters, digits, '-', '_' and '.', not '.' or '-' first", 2)
    if template not in TEMPLATES:
        from airdock.descriptor.names import hint

        fail(f"there is no template {template!r}", 2, hint(template, TEMPLATES, "there are "))
    if not parent.is_dir():
        fail(f"there is no folder {parent}", 2)
    folder = parent / name
    try:
        folder.mkdir()
        made = [_copy(file, template, folder, name) for file in template_files(template)]
        set_up_editor(folder)
        return made
    except FileExistsError:
        fail(f"{folder} exists already: choose another name, or remove it")
    except OSError as error:
        fail(f"{folder} cannot be made: {error.strerror or error}")


def template_files(template: str) -> list[Path]:
    """The files of a template, relative to its folder."""
    root = FOLDER / template
    found = (file.relative_to(root) for file in root.rglob("*") if file.is_file())
    return sorted(file for file in found if "__pycache__" not in file.parts)


def _copy(file: Path, template: str, folder: Path, name: str) -> Path:
    text = (FOLDER / template / file).read_text(encoding="utf-8")
    target = folder / file
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text.replace(STAND_IN, name), encoding="utf-8")
    return target


def _listing() -> list[str]:
    width = max(map(len, TEMPLATES))
    lines = [f"  {paint(f'{name:<{width}}', 'bold')}  {template.summary}" for name, template in TEMPLATES.items()]
    return ["Templates:", *lines, "", "Make a project of one:  airdock new NAME --template TEMPLATE"]


def _told(made: list[Path], name: str, template: Template, parent: Path) -> list[str]:
    where = "" if parent == Path() else f" {shlex.quote(str(parent))}"
    address = shlex.quote(f"{name}/{template.address}")
    url = shlex.quote(f"http://127.0.0.1:8080/services/flow/{name}/{template.address}")
    method = f"-X {template.method} " if template.method else ""
    as_json = f"-H 'content-type: application/json' -d {shlex.quote(template.json)} " if template.json else ""
    data = f"--json {shlex.quote(template.json)} " if template.json else ""
    return [
        f"Made {paint(str(parent / name), 'bold')}:",
        *(f"  {file}" for file in made),
        f"  {parent / name / '.vscode'}: editors complete and check descriptors",
        "",
        "Try it without a server:",
        f"  airdock call {method}{data}{address}{where}",
        "",
        "Run its tests:",
        f"  airdock test{where}",
        "",
        "Serve it, and follow changes:",
        f"  airdock run{where or ' .'} --dev",
        f"  curl {method}{as_json}{url}",
    ]
