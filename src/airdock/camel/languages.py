"""Camel's expressions, in whichever language, as JSONata and as templates."""

import json
import re
from typing import Any

from airdock.camel.functions import header_source, property_source
from airdock.camel.notes import UntranslatableError
from airdock.camel.simple import expression_of, predicate_of, template_of
from airdock.descriptor.tree import Node

LANGUAGES = (
    "simple", "constant", "header", "exchangeProperty", "variable", "jq", "jsonpath", "tokenize", "csimple", "xpath",
    "groovy", "ognl", "mvel", "spel", "method", "xquery", "datasonnet", "js", "python", "ref", "language",
)  # fmt: skip
_JQ = re.compile(r"\.(?:[A-Za-z_]\w*(?:\[\d+\])?(?:\.[A-Za-z_]\w*(?:\[\d+\])?)*)?")
_JSONPATH = re.compile(r"\$(?:\.[A-Za-z_]\w*|\[\d+\]|\['[^']+'\]|\[\*\]|\.\*)*")


def find_expression(node: Node) -> tuple[str, Node] | None:
    """The language of a processor's expression and its node: `simple: …`, or below `expression`."""
    if not isinstance(node.value, dict):
        return None
    for name in LANGUAGES:
        if name in node.value:
            return name, node.value[name]
    inner = node.value.get("expression")
    return find_expression(inner) if inner is not None else None


def template(node: Node) -> Any:
    """The value of a processor's expression as a template.

    Raises:
        UntranslatableError: it has none, or its language has no counterpart.
    """
    language, written = _needed(node)
    text = _text(written)
    match language:
        case "constant":
            return text.replace("${", "$${") if isinstance(text, str) else text
        case "simple" | "csimple":
            return template_of(str(text))
    return f"${{{_source(language, written)}}}"


def source(node: Node) -> str:
    """The value of a processor's expression as JSONata; raises as `template`."""
    language, written = _needed(node)
    if language == "constant":
        return json.dumps(_text(written))
    if language in ("simple", "csimple"):
        return expression_of(str(_text(written)))
    return _source(language, written)


def predicate(node: Node) -> str:
    """The same where Camel asks whether it is true."""
    language, written = _needed(node)
    if language in ("simple", "csimple"):
        return predicate_of(str(_text(written)))
    if language == "constant":
        return str(_text(written)).lower()
    return _source(language, written)


def _needed(node: Node) -> tuple[str, Node]:
    found = find_expression(node)
    if found is None:
        raise UntranslatableError("it has no expression that is known")
    return found


def _source(language: str, written: Node) -> str:
    text = str(_text(written))
    match language:
        case "header":
            return header_source(text)
        case "exchangeProperty" | "variable":
            return property_source(text)
        case "jq" if _JQ.fullmatch(text):
            return "body" + (text if text != "." else "")
        case "jsonpath" if _JSONPATH.fullmatch(text):
            names = re.sub(r"\['([^']+)'\]", r".`\1`", text[1:])
            return "body" + names.replace("[*]", "").replace(".*", ".*")
    if language in ("jq", "jsonpath"):
        raise UntranslatableError(f"{language} {text!r} is more than a path: write it in JSONata")
    raise UntranslatableError(f"the language {language!r} has no counterpart: write the expression in JSONata")


def _text(written: Node) -> Any:
    value = written.value
    if isinstance(value, dict):
        for name in ("expression", "name", "token"):
            if name in value:
                return value[name].value
        raise UntranslatableError("its expression is empty")
    return value
