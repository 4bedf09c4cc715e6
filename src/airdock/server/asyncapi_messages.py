"""What the AsyncAPI document tells of messages and of where they go, as far as descriptors tell it beforehand."""

import re
from typing import Any

from airdock.connectors.broker.message import RUN_HEADER
from airdock.connectors.publish.step import Publish
from airdock.expressions import Expression, Template

_IDENTIFIER = re.compile(r"([A-Za-z_]\w*)`?\s*$")
_TYPES = {bool: "boolean", int: "integer", float: "number", type(None): "null"}


def address_of(template: Template | None) -> tuple[str, list[str]]:
    """A topic or queue, and the names of what only a run knows of it: `orders.{kind}`. Empty where it knows all."""
    if template is None:
        return "", []
    if template.constant:
        return plain_address(str(template.value)), []
    texts = [part for part in template.parts if isinstance(part, str)]
    if not texts or any(each in text for text in texts for each in "{}"):
        return "", []
    names: list[str] = []
    address = ""
    for part in template.parts:
        if isinstance(part, Expression):
            names.append(_name(part, names))
            address += f"{{{names[-1]}}}"
        else:
            address += part
    return address, names


def plain_address(address: str) -> str:
    """The address; empty where it would be read as one with parameters."""
    return "" if "{" in address or "}" in address else address


def sent_content(step: Publish) -> tuple[str, dict[str, Any] | None]:
    """Content type and schema of what a step sends by its `body`; empty and None where that is not known."""
    if step.body is None:
        return step.content_type, None
    written = step.body.written
    fitting = "application/json" if isinstance(written, dict | list) else "text/plain"
    known = isinstance(written, dict | list) or shape_of(written) != {}
    return step.content_type or (fitting if known else ""), shape_of(written) or None


def sent_headers(step: Publish) -> dict[str, Any]:
    """The schema of a message's headers."""
    names = sorted({RUN_HEADER, *(name.lower() for name in step.headers)})
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}}


def shape_of(value: Any) -> dict[str, Any]:
    """The schema of what a template makes, by what is written: names and types, no values."""
    if isinstance(value, str):
        # One expression alone keeps the type of its value.
        return {} if value.startswith("${") and value.endswith("}") else {"type": "string"}
    if isinstance(value, dict):
        return {"type": "object", "properties": {name: shape_of(each) for name, each in value.items()}}
    if isinstance(value, list):
        return {"type": "array"}
    return {"type": _TYPES[type(value)]} if type(value) in _TYPES else {}


def _name(expression: Expression, taken: list[str]) -> str:
    found = _IDENTIFIER.search(expression.source)
    name = wanted = found[1] if found else "part"
    count = 1
    while name in taken:
        count += 1
        name = f"{wanted}_{count}"
    return name
