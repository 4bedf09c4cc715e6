"""Connections that are named and do not exist."""

from collections.abc import Iterator
from typing import Any

from airdock.descriptor.names import hint
from airdock.expressions import Template
from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject
from airdock.spec.descriptors import Listener
from airdock.spec.fields import Spec

CODE = "lint.unknownConnection"


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    for element in subject.elements:
        name, field = _named(element)
        if not name:
            continue
        known = _known(subject.project, landscape)
        if name.removeprefix("/").removesuffix(".connection") not in known:
            message = f"there is no connection '{name[:60]}'"
            yield Finding(message, element.place_of(field), hint(name, sorted(known)))


def _named(element: Spec) -> tuple[str, str]:
    """The name of the connection that an element uses, and the field that has it; empty for none, or a computed one."""
    if isinstance(element, Listener):
        return _literal(element.params.get("connection")), "params"
    return _literal(element.values().get("connection")), "connection"


def _literal(value: Any) -> str:
    if isinstance(value, Template):
        value = value.value if value.constant else None
    return value if isinstance(value, str) else ""


def _known(project: str, landscape: Landscape) -> set[str]:
    """How a flow of a project may name connections: by the whole path; in the project or at the root, by the name."""
    near = {path.rpartition("/")[2] for path in landscape.connections if path.startswith(f"{project}/")}
    return near | landscape.connections
