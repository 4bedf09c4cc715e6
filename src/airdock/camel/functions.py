"""The functions of Camel's Simple language, what stands in `${}`, as JSONata."""

import json
import re
from collections.abc import Callable

from airdock.camel.notes import UntranslatableError

_NAME = re.compile(r"[A-Za-z_]\w*")
_KEY = re.compile(r"""(?:\.|\?\.)?(?:\[['"]?(?P<quoted>[^\]'"]+)['"]?\]|(?P<plain>[A-Za-z_][\w-]*))(?P<rest>.*)""")
_PATH = re.compile(
    r"""(?:\??\.(?P<name>[A-Za-z_]\w*)(?P<call>\(\))?|\[(?P<index>-?\d+|'[^']*'|"[^"]*"|[A-Za-z_]\w*)\])"""
)

_WHOLE = {
    "body": "body",
    "in.body": "body",
    "bodyOneLine": "body",
    "headers": "headers",
    "exchangeId": "run.id",
    "id": "run.id",
    "messageId": "run.id",
    "routeId": "run.flow",
    "fromRouteId": "run.flow",
    "exception": "error",
    "exception.message": "error.message",
    "null": "null",
    "camelId": "run.project",
}
_PROPERTIES = {
    "CamelLoopIndex": "loop.index",
    "CamelSplitIndex": "split.index",
    "CamelSplitSize": "split.size",
    "CamelSplitComplete": "split.last",
    "CamelExceptionCaught": "error",
    "CamelExceptionCaught.message": "error.message",
    "CamelAggregatedSize": "properties.aggregate.size",
    "CamelAggregatedCompletedBy": "properties.aggregate.completedBy",
    "CamelAggregatedCorrelationKey": "properties.aggregate.key",
}
_HEADERS = {
    "camelhttpmethod": "request.method",
    "camelhttppath": "request.path",
    "camelhttpuri": "request.path",
    "camelhttpremoteaddress": "request.remote",
}
_CALLS: dict[str, Callable[[str], str]] = {
    "size": lambda value: f"$count({value})",
    "length": lambda value: f"$length({value})",
    "toUpperCase": lambda value: f"$uppercase({value})",
    "toLowerCase": lambda value: f"$lowercase({value})",
    "trim": lambda value: f"$trim({value})",
    "toString": lambda value: f"$string({value})",
    "isEmpty": lambda value: f"$count({value}) = 0",
}
_PICTURES = (
    ("yyyy", "[Y0001]"), ("MM", "[M01]"), ("dd", "[D01]"), ("HH", "[H01]"), ("mm", "[m01]"), ("ss", "[s01]"),
    ("SSS", "[f001]"), ("EEEE", "[F]"), ("X" * 3, "[Z]"), ("'T'", "T"), ("'Z'", "Z"),
)  # fmt: skip


def function_source(function: str) -> str:
    """What stands in `${}` as JSONata.

    Raises:
        UntranslatableError: it has no counterpart.
    """
    function = function.strip()
    if function in _WHOLE:
        return _WHOLE[function]
    for prefix, source in _READERS.items():
        if function.startswith(prefix):
            return source(function[len(prefix) :])
    raise UntranslatableError(f"${{{function}}} of the Simple language has no counterpart")


def header_source(name: str) -> str:
    """A header as JSONata; in Airdock their names are lower-case."""
    return _HEADERS.get(name.lower()) or f"headers.{_quoted(name.lower())}"


def property_source(name: str) -> str:
    """An exchange property or a variable as JSONata."""
    return _PROPERTIES.get(name) or f"properties.{_quoted(name)}"


def _keyed(source: Callable[[str], str]) -> Callable[[str], str]:
    """Reads `.name`, `[name]` or `:name`, and a path behind it."""

    def read(rest: str) -> str:
        match = _KEY.fullmatch(rest.removeprefix(":"))
        if match is None:
            raise UntranslatableError(f"{rest!r} is no name")
        name = match["quoted"] or match["plain"]
        if match["rest"] == ".message" and name == "CamelExceptionCaught":
            return "error.message"
        return _path(source(name), match["rest"])

    return read


def _path(source: str, rest: str) -> str:
    """A value and the names, indexes and calls behind it."""
    while rest:
        match = _PATH.match(rest)
        if match is None:
            raise UntranslatableError(f"{rest!r} cannot be read as a path")
        rest = rest[match.end() :]
        if match["call"]:
            call = _CALLS.get(match["name"])
            if call is None:
                raise UntranslatableError(f"the Java method {match['name']}() has no counterpart")
            source = call(source)
        elif match["name"]:
            source += f".{_quoted(match['name'])}"
        elif match["index"] == "last":
            source += "[-1]"
        elif match["index"].lstrip("-").isdigit():
            source += f"[{match['index']}]"
        else:
            name = match["index"].strip("'" + '"')
            source += f".{_quoted(name)}"
    return source


def _as_type(rest: str) -> str:
    """`bodyAs(String)`: JSONata needs no types; a text is made where one is asked for."""
    wanted, _, behind = rest.lstrip("(").partition(")")
    source = "$string(body)" if wanted.rpartition(".")[2] == "String" else "body"
    return _path(source, behind)


def _header_as(rest: str) -> str:
    name = rest.lstrip("(").partition(",")[0].strip(" '\"")
    return header_source(name)


def _date(rest: str) -> str:
    command, _, pattern = rest.partition(":")
    if command != "now":
        raise UntranslatableError(f"the date {command!r} has no counterpart; only `now` has one")
    if not pattern:
        return "$now()"
    picture = pattern
    for java, xpath in _PICTURES:
        picture = picture.replace(java, xpath)
    if re.search(r"[A-Za-z]", re.sub(r"\[[^\]]*\]|T|Z", "", picture)):
        raise UntranslatableError(f"the date pattern {pattern!r} has no counterpart")
    return f"$now({json.dumps(picture)})"


def _random(rest: str) -> str:
    bounds = [each.strip() for each in rest.strip("()").split(",")]
    if not all(each.lstrip("-").isdigit() for each in bounds) or len(bounds) > 2:
        raise UntranslatableError("`random` with bounds that are no numbers has no counterpart")
    low, high = (0, int(bounds[0])) if len(bounds) == 1 else (int(bounds[0]), int(bounds[1]))
    return f"$floor($random() * {high - low})" + (f" + {low}" if low else "")


def _configured(rest: str) -> str:
    name, _, default = rest.partition(":")
    source = f"config.{_quoted(name)}"
    return f"($exists({source}) ? {source} : {json.dumps(default)})" if default else source


def _exception(rest: str) -> str:
    if rest == ".stacktrace":
        raise UntranslatableError("a stack trace has no counterpart: `error` has code, message and step")
    return f"error{rest}"


_READERS: dict[str, Callable[[str], str]] = {
    "bodyAs": _as_type,
    "mandatoryBodyAs": _as_type,
    "headerAs": _header_as,
    "body": lambda rest: _path("body", rest),
    "in.header": _keyed(header_source),
    "headers": _keyed(header_source),
    "header": _keyed(header_source),
    "exchangeProperty": _keyed(property_source),
    "variables": _keyed(property_source),
    "variable": _keyed(property_source),
    "exception": _exception,
    "date:": _date,
    "random": _random,
    "properties:": _configured,
}
"""By what a function begins with, the longer ones first."""


def _quoted(name: str) -> str:
    return name if _NAME.fullmatch(name) else f"`{name}`"
