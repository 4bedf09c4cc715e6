"""Reading of expressions and of templates; a fault in one is reported at its character in the author's file."""

import re
from typing import Any

from airdock.descriptor.inside import place_inside
from airdock.descriptor.reading import INVALID, Reading, label, type_names
from airdock.descriptor.tree import Node
from airdock.expressions import ExpressionSyntaxError, Template, compile_expression, compile_template
from airdock.spec import kinds

_NUMERIC = re.compile(r"-?\d{1,30}(\.\d{1,30})?")


def read_expression(reading: Reading, kind: kinds.Expression, node: Node) -> Any:
    if not isinstance(node.value, str):
        quoted = f'write it in quotes: "{str(node.value).lower()}"' if node.type in ("boolean", "number") else ""
        return reading.wrong_type(node, "an expression, which is a text", quoted)
    try:
        return compile_expression(node.value)
    except ExpressionSyntaxError as error:
        wrapped = node.value.strip().startswith("${")
        return _refuse(reading, node, error, "an expression field is written without ${ }" if wrapped else "")


def read_template(reading: Reading, kind: kinds.Template, node: Node) -> Any:
    if node.type not in kind.types:
        return reading.wrong_type(node, type_names(kind.types))
    try:
        template = compile_template(node.plain())
    except ExpressionSyntaxError as error:
        return _refuse(reading, node.at(tuple(error.pointer)), error, "")
    if kind.of is not None and template.constant and not _fits(reading, kind.of, node, template):
        return INVALID
    return template


def _fits(reading: Reading, kind: kinds.Kind, node: Node, template: Template) -> bool:
    constant = Node(node.source, template.value, node.start, node.end, node.parent, node.key, node.style)
    if isinstance(constant.value, dict | list):
        constant = node
    elif isinstance(constant.value, str):
        constant.value = _converted(kind, constant.value)
    return reading.value(kind, constant) is not INVALID


def _converted(kind: kinds.Kind, text: str) -> Any:
    if isinstance(kind, kinds.Integer | kinds.Number) and _NUMERIC.fullmatch(text):
        return float(text) if "." in text else int(text)
    if isinstance(kind, kinds.Boolean) and text in ("true", "false"):
        return text == "true"
    return text


def _refuse(reading: Reading, node: Node, error: ExpressionSyntaxError, hint: str) -> Any:
    place = place_inside(node, error.offset) if isinstance(node.value, str) else node.place
    return reading.refuse("expression.syntax", node, f"{label(node)}: {error.message}", hint, place)
