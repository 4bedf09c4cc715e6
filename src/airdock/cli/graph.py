"""`airdock graph`: draws a flow."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from airdock.cli.folder import checked_folder, near_or_some, registry_path_of
from airdock.cli.terminal import fail, paint, say

if TYPE_CHECKING:
    from airdock.agent.source import FolderSource


class Format(StrEnum):
    """What is drawn with."""

    MERMAID = "mermaid"
    SVG = "svg"


def command(
    flow: Annotated[
        str,
        typer.Argument(
            metavar="FLOW", help="A flow's file, or its address such as shop/order.flow.", show_default=False
        ),
    ],
    format: Annotated[
        Format | None,
        typer.Option(help="A text for Mermaid, or a picture.", show_default="the ending of FILE, else mermaid"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where it is written.", show_default="the terminal"),
    ] = None,
    folder: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="The folder of projects.", show_default="the current one")
    ] = Path(),
) -> None:
    """Draw a flow: its steps, its branches and the handlers of its errors.

    \b
    Examples:
      airdock graph shop/order.flow
      airdock graph shop/order.flow -o order.svg
    """
    drawing = _draw(flow, checked_folder(folder), format or _format_of(output))
    if output is None:
        say(drawing.rstrip("\n"))
        return
    try:
        output.write_text(drawing, encoding="utf-8")
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror or error}")
    say(f"wrote {paint(str(output), 'bold')}")


def _format_of(output: Path | None) -> Format:
    return Format.SVG if output is not None and output.suffix.lower() == ".svg" else Format.MERMAID


def _draw(flow: str, folder: Path, format: Format) -> str:
    from airdock.cli.drawing import flow_chart, to_mermaid, to_svg
    from airdock.plugins import catalogue

    path, descriptor = _descriptor(flow, folder)
    methods = " ".join(descriptor.get("methods") or ())
    chart = flow_chart(descriptor, catalogue(), f"{methods} {path}".strip())
    return to_svg(chart) if format is Format.SVG else to_mermaid(chart)


def _descriptor(flow: str, folder: Path) -> tuple[str, dict[str, Any]]:
    """The flow's registry path and its JSON; ends the program with its problems when it is not a good descriptor."""
    from airdock.agent.source import FolderSource

    source = FolderSource(folder)
    files = {path: found.file for path, found in source.scan().items() if found.kind == "flow"}
    path = registry_path_of(flow, folder, files) or flow.removeprefix("/services/flow/").strip("/")
    if path not in files:
        fail(f"there is no flow {path!r} in {folder.absolute()}", 2, near_or_some(path, list(files)))
    return path, _read(source, path, folder)


def _read(source: "FolderSource", path: str, folder: Path) -> dict[str, Any]:
    from airdock.agent.templates import Templates
    from airdock.cli.problems import text_lines
    from airdock.descriptor.reader import Reader
    from airdock.errors import DescriptorError
    from airdock.plugins import catalogue

    try:
        templates = Templates(source.read, source.shown)
        text = source.read(path) or b""
        descriptor: dict[str, Any] = Reader(catalogue()).plain("flow", text, source.shown(path), templates)
    except DescriptorError as error:
        say(*text_lines(error.problems, folder))
        fail(f"{path} has problems and cannot be drawn")
    except (OSError, ValueError) as error:
        fail(str(error))
    return descriptor
