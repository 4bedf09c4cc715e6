"""The filters and tests that templates have: those of Jinja whose cost is bounded, the others in such a form."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

from jinja2 import filters as jinja
from jinja2.filters import FILTERS
from jinja2.runtime import Context, Undefined
from jinja2.tests import TESTS
from jinja2.utils import htmlsafe_json_dumps, pass_context, pass_environment, pass_eval_context
from markupsafe import Markup

from airdock.steps.jinja.budget import budget
from airdock.steps.jinja.rewriting import CONCAT, EACH, MADE, SPEND
from airdock.steps.jinja.texts import text_of

Function = Callable[..., Any]

_WIDEST = 1000
_SPECIFIER = re.compile(r"%(?:\((\w+)\))?[-+ 0#]{0,5}(\d{0,3})(?:\.\d{1,2})?[sdifgGeExXo%]")
_OF_VALUES = (
    "abs", "d", "default", "dictsort", "filesizeformat", "first", "float", "groupby", "int", "items", "last",
    "map", "max", "min", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "unique",
)  # fmt: skip
_OF_TEXTS = (
    "capitalize", "e", "escape", "forceescape", "lower", "safe", "striptags", "title", "trim", "truncate", "upper",
    "wordcount",
)  # fmt: skip
_ARGUMENT = {"context": lambda context: context, "eval_context": lambda context: context.eval_ctx}


def _center(value: str, width: int = 80) -> str:
    return jinja.do_center(value, _within(width, _WIDEST, "the width"))


@pass_environment
def _wordwrap(environment: Any, value: str, width: int = 79) -> str:
    return jinja.do_wordwrap(environment, value, _within(width, _WIDEST, "the width"))


def _indent(value: str, width: int = 4, first: bool = False, blank: bool = False) -> str:
    width = _within(width, _WIDEST, "the width")
    budget().text(len(value) + (value.count("\n") + 1) * width)
    return jinja.do_indent(value, width, first, blank)


@pass_eval_context
def _replace(eval_ctx: Any, value: str, old: Any, new: Any, count: int | None = None) -> str:
    old, new = text_of(old), text_of(new)
    times = value.count(old) if old else len(value) + 1
    budget().text(len(value) + times * len(new))
    return jinja.do_replace(eval_ctx, value, old, new, count)


def _format(value: str, *args: Any, **kwargs: Any) -> str:
    """Text with `%` in it, without what makes a text of any length of a number."""
    if args and kwargs:
        raise TypeError("format takes values by position or by name, not both")
    plain = value.replace("%%", "")
    if any(not _SPECIFIER.match(plain, sign.start()) for sign in re.finditer("%", plain)):
        raise ValueError("format knows %s, %d, %.2f and the like, up to three digits wide")
    values = {name: _formatted(each) for name, each in kwargs.items()} or tuple(map(_formatted, args))
    inside = values.values() if isinstance(values, dict) else values
    longest = max((len(each) for each in inside if isinstance(each, str)), default=0)
    budget().text(len(value) + value.count("%") * (longest + _WIDEST))
    return value % values


def _formatted(value: Any) -> Any:
    return value if isinstance(value, int | float) else text_of(value)


def _round(value: float, precision: int = 0, method: str = "common") -> float:
    return jinja.do_round(value, max(_within(precision, 15, "the precision"), -15), method)  # type: ignore[arg-type]


def _length(value: Any) -> int:
    return len(value)


def _string(value: str) -> str:
    return value


@pass_eval_context
def _join(eval_ctx: Any, value: Iterable[Any], d: str = "", attribute: Any = None) -> str:
    if attribute is not None:
        value = map(jinja.make_attrgetter(eval_ctx.environment, attribute), value)
    spent, between, parts = budget(), text_of(d), []
    for each in value:
        part = text_of(each)
        spent.round()
        spent.text(len(part) + len(between))
        parts.append(part)
    return jinja.sync_do_join(eval_ctx, parts, between)


@pass_context
def _list(context: Context, value: Iterable[Any]) -> list[Any]:
    return list(_each(context, value))


def _urlencode(value: Any) -> str:
    return jinja.do_urlencode(_texts_in(value) if isinstance(value, dict) else text_of(value))


@pass_eval_context
def _xmlattr(eval_ctx: Any, value: dict[str, Any], autospace: bool = True) -> str:
    return jinja.do_xmlattr(eval_ctx, _texts_in(value), autospace)


def _texts_in(fields: dict[str, Any]) -> dict[str, str]:
    present = {name: each for name, each in fields.items() if each is not None and not isinstance(each, Undefined)}
    return {name: text_of(each) for name, each in present.items()}


@pass_environment
def _sum(environment: Any, iterable: Iterable[Any], attribute: Any = None, start: float = 0) -> Any:
    if attribute is not None:
        iterable = map(jinja.make_attrgetter(environment, attribute), iterable)
    spent, total = budget(), _number(start)
    for each in iterable:
        spent.round()
        total += _number(each)
    return total


def _number(value: Any) -> Any:
    if isinstance(value, int | float):
        return value
    raise TypeError(f"sum takes numbers, not {type(value).__name__}")


def _batch(value: Iterable[Any], linecount: int, fill_with: Any = None) -> Iterator[list[Any]]:
    return jinja.do_batch(value, _within(linecount, _WIDEST, "the number of items"), fill_with)


@pass_environment
def _tojson(environment: Any, value: Any) -> Markup:
    return htmlsafe_json_dumps(value, dumps=_json)


def _json(value: Any, **options: Any) -> str:
    # A list around it has a text be written as JSON, too.
    around = [value]
    budget().made(around)
    return text_of(around)[1:-1]


def _within(number: Any, most: int, what: str) -> int:
    if isinstance(number, int) and number <= most:
        return number
    raise ValueError(f"{what} must be a whole number up to {most}")


@pass_context
def _each(context: Context, value: Iterable[Any]) -> Iterator[Any]:
    spent = budget()
    for each in value:
        spent.round()
        yield each


@pass_context
def _spend(context: Context, length: int) -> None:
    spent = budget()
    spent.use()
    spent.text(length)


@pass_context
def _concat(context: Context, values: list[Any]) -> str:
    return _join(context.eval_ctx, values)


@pass_context
def _made(context: Context, container: Any) -> Any:
    budget().made(container)
    return container


def _counted(function: Function, *, of_text: bool = False) -> Function:
    """The function with its work counted; never used at compile time, when nothing is counted."""
    wanted = getattr(function, "jinja_pass_arg", None)
    kind = wanted.name if wanted is not None else ""

    @pass_context
    @wraps(function, assigned=("__name__", "__doc__"), updated=())
    def counted(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        spent = budget()
        spent.use()
        if of_text:
            value = text_of(value)
        if kind == "environment":
            result = function(context.environment, value, *args, **kwargs)
        elif kind:
            result = function(_ARGUMENT[kind](context), value, *args, **kwargs)
        else:
            result = function(value, *args, **kwargs)
        if isinstance(result, str):
            spent.text(len(result))
        elif isinstance(result, list):
            spent.made(result)
        return result

    return counted


_OWN_OF_TEXTS: dict[str, Function] = {
    "center": _center, "format": _format, "indent": _indent, "replace": _replace, "string": _string,
    "wordwrap": _wordwrap,
}  # fmt: skip
_OWN: dict[str, Function] = {
    "batch": _batch, "count": _length, "join": _join, "length": _length, "list": _list, "round": _round, "sum": _sum,
    "tojson": _tojson, "urlencode": _urlencode, "xmlattr": _xmlattr,
}  # fmt: skip

_JINJA: dict[str, Any] = dict(FILTERS)
NAMED: dict[str, Function] = {
    **{name: _counted(_JINJA[name]) for name in _OF_VALUES},
    **{name: _counted(_JINJA[name], of_text=True) for name in _OF_TEXTS},
    **{name: _counted(function) for name, function in _OWN.items()},
    **{name: _counted(function, of_text=True) for name, function in _OWN_OF_TEXTS.items()},
}
"""Filters by the names that templates have for them."""
FILTERS_INSIDE: dict[str, Function] = {**NAMED, EACH: _each, SPEND: _spend, CONCAT: _concat, MADE: _made}
"""The same, and those that are put into templates."""
_JINJA_TESTS: dict[str, Any] = dict(TESTS)
TESTS_INSIDE: dict[str, Function] = {
    name: _counted(function)
    for name, function in _JINJA_TESTS.items()
    if name not in ("callable", "filter", "test", "sameas")
}
