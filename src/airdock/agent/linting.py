"""What lint finds in the files of a space."""

import logging
from collections.abc import Iterator
from functools import partial
from typing import Any

from airdock.agent.content import Files
from airdock.agent.paths import is_script, project_of
from airdock.agent.source import UnreadableFileError
from airdock.agent.space import Space
from airdock.agent.unit import Unit
from airdock.errors import Problem
from airdock.lint import Choice, Landscape, Subject, lint

log = logging.getLogger("airdock.agent")


def lint_space(
    space: Space,
    beneath: Space | None = None,
    *,
    project: str | None = None,
    choice: Choice = Choice(),  # noqa: B008 -- it never changes
) -> list[Problem]:
    """The warnings and hints of all descriptors that are valid, and of scripts; in the order of their paths.

    Args:
        space: The registry, or a sandbox.
        beneath: The registry beneath a sandbox.
        project: The one project that is looked at; all of the space if left out.
        choice: Which rules are asked.
    """
    subjects = [each for each in _subjects(space) if project is None or each.project == project]
    try:
        return lint(subjects, landscape_of(space, beneath), choice)
    except Exception:
        # A fault of ours, in what only advises: nobody is to be kept from publishing by it.
        log.exception("lint of %s failed", project or space.owner or "the registry")
        return []


def landscape_of(space: Space, beneath: Space | None = None) -> Landscape:
    """All that a flow of the space can reach."""
    units = list(space.ordered)
    if beneath is not None:
        units += [unit for unit in beneath.ordered if not space.files.is_own(unit.path)]
    models = {unit.path: _model(unit) for unit in units}
    for content in space.files.contents.values():
        # A descriptor that is passed over is one that cannot be looked into.
        models.update(dict.fromkeys((*content.doubles, *content.refused)))
    scripts = [path for path in space.files if is_script(path) and path not in models]
    return Landscape(models, scripts, lambda path: _text(space.files, path))


def _model(unit: Unit) -> Any:
    return unit.model if unit.artefact.state != "failed" else None


def _subjects(space: Space) -> Iterator[Subject]:
    entries = (entry for content in space.files.contents.values() for entry in content.files.values())
    for entry in sorted(entries, key=lambda entry: entry.path):
        unit = space.units.get(entry.path)
        model = _model(unit) if unit is not None else None
        if model is not None or (unit is None and is_script(entry.path)):
            text = partial(_text, space.files, entry.path)
            settings = space.project(project_of(entry.path))
            yield Subject(entry.path, entry.kind or "", model, file=entry.shown, text=text, settings=settings)


def _text(files: Files, path: str) -> str:
    try:
        return (files.read(path) or b"").decode("utf-8", "replace")
    except UnreadableFileError:
        return ""
