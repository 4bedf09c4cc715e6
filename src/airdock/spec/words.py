"""How pages and messages call the kinds of value, and what they take from docstrings."""

import re
from inspect import cleandoc

from airdock.spec import kinds
from airdock.spec.fields import Spec
from airdock.spec.kinds import Kind

_NAMES = {
    "string": "text",
    "object": "object",
    "array": "list",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}

_WORDS: dict[type[Kind], str] = {
    kinds.Text: "text",
    kinds.Boolean: "`true` or `false`",
    kinds.Duration: 'duration, such as `"30s"`',
    kinds.Cron: "Quartz cron expression",
    kinds.TimeZone: "name of a time zone",
    kinds.Size: 'size, such as `"10MB"`',
    kinds.Scalar: "text, number, boolean or null",
    kinds.JsonSchema: "JSON Schema",
    kinds.Expression: "expression",
    kinds.Record: "object",
    kinds.Steps: "list of steps",
    kinds.Flow: "flow in place",
    kinds.Params: "object; its fields are the trigger's",
}


def prose(spec: type[Spec]) -> str:
    """The docstring of a declaration without its technical sections."""
    text = cleandoc(spec.__doc__ or "")
    return re.split(r"\n\n(?=(?:Attributes|Args|Raises|Returns):\n)", text)[0].strip()


def summary(spec: type[Spec]) -> str:
    """The first sentence of a declaration's docstring, on one line."""
    paragraph = " ".join(prose(spec).split("\n\n")[0].split())
    return re.split(r"(?<=[.!?])\s", paragraph, maxsplit=1)[0]


def describe(kind: Kind) -> str:
    """A kind in the words of the reference, in Markdown: ``text with `${}` ``."""
    match kind:
        case kinds.Choice():
            return ", ".join(f"`{option}`" for option in kind.options)
        case kinds.Integer() | kinds.Number():
            return _number(kind)
        case kinds.Literal():
            return _types(kind.types)
        case kinds.Template():
            what = _types(kind.types) if kind.of is None else describe(kind.of)
            return f"{what}; may hold `${{}}`"
        case kinds.ListOf():
            return f"list of {_plural(kind.item)}"
        case kinds.MapOf():
            return f"object of {_plural(kind.value)}"
        case kinds.OneOf():
            return " or ".join(describe(option) for option in kind.kinds)
        case kinds.Module():
            ends = f" to a {' or '.join(f'`{suffix}`' for suffix in kind.suffixes)} file" if kind.suffixes else ""
            return f"path{ends}, from the project on"
    return _WORDS[type(kind)]


def _number(kind: kinds.Integer | kinds.Number) -> str:
    word = "whole number" if isinstance(kind, kinds.Integer) else "number"
    if kind.minimum is not None and kind.maximum is not None:
        return f"{word} from {kind.minimum} to {kind.maximum}"
    if kind.minimum is not None:
        return f"{word}, at least {kind.minimum}"
    return word if kind.maximum is None else f"{word}, at most {kind.maximum}"


def _types(types: tuple[str, ...]) -> str:
    if len(types) == len(_NAMES):
        return "any value"
    words = [name for type, name in _NAMES.items() if type in types]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _plural(kind: Kind) -> str:
    if isinstance(kind, kinds.Choice):
        return describe(kind)
    if isinstance(kind, kinds.Template) and len(kind.types) == len(_NAMES):
        return "values; they may hold `${}`"
    if isinstance(kind, kinds.Literal) and len(kind.types) == len(_NAMES):
        return "values"
    if isinstance(kind, kinds.Template) and kind.of is None and len(kind.types) == 1:
        return f"{describe(kinds.Literal(kind.types))}s; they may hold `${{}}`"
    word = {kinds.Text: "texts", kinds.Record: "objects", kinds.Expression: "expressions"}.get(type(kind))
    return word or describe(kind)
