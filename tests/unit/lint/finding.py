"""Lint over files that a test writes down."""

import json
from typing import Any

from airdock.agent.paths import project_of
from airdock.builtin import catalogue
from airdock.descriptor.reader import Reader, kind_of
from airdock.errors import Problem
from airdock.lint import Choice, Landscape, Subject, lint
from airdock.spec.catalogue import Catalogue
from airdock.spec.step import Step
from tests.unit.spec.doubles import Phone, Ring

FLOW = "p/a.flow"


def problems_in(
    files: dict[str, Any], *steps: type[Step], ignore: tuple[str, ...] = (), enable: tuple[str, ...] = ()
) -> list[Problem]:
    """What lint finds in files by their registry path.

    Args:
        files: Texts as they are, anything else as JSON; a text `broken` is a descriptor that cannot be read.
        steps: Types beside the built-in ones.
        ignore, enable: Codes.
    """
    texts = {path: each if isinstance(each, str) else json.dumps(each, indent=1) for path, each in files.items()}
    known = catalogue()
    connections, triggers = known.connections.values(), known.triggers.values()
    reader = Reader(Catalogue([*known, *steps], [*connections, Phone], [*triggers, Ring]))
    models = {
        path: None if text == "broken" else reader.read(kind, text, path)
        for path, text in texts.items()
        if (kind := kind_of(path)) is not None
    }
    plain = {path.removesuffix(".yaml"): path for path in texts}
    around = Landscape(
        {path.removesuffix(".yaml"): model for path, model in models.items()},
        [path for path in texts if path not in models],
        lambda path: texts[plain[path]],
    )
    subjects = [
        Subject(
            short,
            kind_of(path) or "",
            models.get(path),
            file=path,
            text=lambda text=texts[path]: text,  # type: ignore[misc]
            settings=models.get(f"{project_of(path)}/project.json"),
        )
        for short, path in sorted(plain.items())
        if models.get(path, "") is not None
    ]
    return lint(subjects, around, Choice(ignore, enable))


def found(code: str, flow: Any, *steps: type[Step], **files: Any) -> list[str]:
    """What one rule says of a flow: `path message`. A list is the flow's steps; `files` has others in the project.

    A name `b_flow` stands for `p/b.flow`.
    """
    others = {f"p/{name.replace('_', '.')}": content for name, content in files.items()}
    told = problems_in({FLOW: {"steps": flow} if isinstance(flow, list) else flow, **others}, *steps, enable=(code,))
    return [f"{each.place.path} {each.message}" for each in told if each.code == code and each.place.file == FLOW]


def codes(flow: Any, **files: Any) -> list[str]:
    """The codes of all that is found in a flow by the rules that are asked by default."""
    others = {f"p/{name.replace('_', '.')}": content for name, content in files.items()}
    return [each.code for each in problems_in({FLOW: flow, **others}) if each.place.file == FLOW]


OUTPUT: dict[str, Any] = {"type": "output", "message": "x"}
STOP: dict[str, Any] = {"type": "stop"}
THROW: dict[str, Any] = {"type": "throw", "code": "c"}
SCRIPT: dict[str, Any] = {"type": "python", "module": "/p/s.py"}


def case(value: Any, *steps: Any, key: str = "k") -> dict[str, Any]:
    """A case of a `condition`."""
    return {"key": key, "value": value, "flow": {"steps": [*steps]}}


def when(expression: str, *steps: Any) -> dict[str, Any]:
    """A case by an expression."""
    return {"when": expression, "flow": {"steps": [*steps]}}


def call(path: str, **rest: Any) -> dict[str, Any]:
    """A step that calls a flow of the project."""
    return {"type": "flow", "module": f"/p/{path}", **rest}
