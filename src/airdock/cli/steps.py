"""`airdock steps`: lists the step types, or explains one."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer

from airdock.cli.terminal import fail, has_colours, json_text, paint, say


class Format(StrEnum):
    """How the steps are written."""

    TEXT = "text"
    JSON = "json"


def command(
    type: Annotated[
        str | None, typer.Argument(metavar="TYPE", help="The step to explain.", show_default="list all")
    ] = None,
    format: Annotated[Format, typer.Option(help="For people or for programs.")] = Format.TEXT,
) -> None:
    """List the step types, or explain one: its fields and an example.

    \b
    Examples:
      airdock steps
      airdock steps condition
      airdock steps condition --format json
    """
    if type is None:
        say(*_listing() if format is Format.TEXT else [json_text([_entry(step) for step in _catalogue()])])
    else:
        _explain(type, format)


def _explain(word: str, format: Format) -> None:
    from airdock.descriptor.names import hint
    from airdock.spec.pages import step_page
    from airdock.spec.schema import schema_of

    step = _catalogue().find(word)
    if step is None:
        near = hint(word, _catalogue().names())
        fail(f"there is no step type {word!r}", 2, near or "`airdock steps` lists them")
    if format is Format.JSON:
        say(json_text({**_entry(step), "schema": schema_of(step, _catalogue())}))
    elif has_colours():
        _render(step_page(step))
    else:
        say(step_page(step).rstrip("\n"))


def _render(page: str) -> None:
    """Markdown as a terminal can show it."""
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(page))


def _listing() -> Iterator[str]:
    from airdock.spec.words import summary

    groups: dict[str, list[Any]] = {}
    for step in _catalogue():
        groups.setdefault(step.group, []).append(step)
    width = max(len(step.type) for step in _catalogue())
    for group, steps in groups.items():
        yield paint(group.capitalize(), "bold")
        for step in steps:
            yield f"  {paint(f'{step.type:<{width}}', 'cyan')}  {summary(step)}"
        yield ""
    yield "`airdock steps TYPE` explains one."


def _entry(step: Any) -> dict[str, Any]:
    from airdock.spec.words import summary

    return {"type": step.type, "group": step.group, "summary": summary(step)}


def _catalogue() -> Any:
    from airdock.plugins import catalogue

    return catalogue()
