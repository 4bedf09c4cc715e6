"""Camel's processors that work on the message."""

from airdock.camel import languages
from airdock.camel.context import Context, StepDict, Translate, member, number, text
from airdock.camel.durations import duration
from airdock.camel.notes import UntranslatableError
from airdock.camel.simple import template_of
from airdock.descriptor.tree import Node

_LEVELS = {"TRACE": "debug", "DEBUG": "debug", "INFO": "info", "WARN": "warning", "ERROR": "error"}
_FORMATS = {
    "json": "json", "jackson": "json", "gson": "json", "csv": "csv", "jacksonXml": "xml", "jaxb": "xml",
    "yaml": "yaml", "snakeYaml": "yaml", "snakeyaml": "yaml", "avro": "avro", "protobuf": "protobuf",
    "base64": "base64", "gzipDeflater": "gzip", "zipFile": "zip", "fixedLength": "fixedLength", "hl7": "hl7",
}  # fmt: skip


def _set_body(context: Context, node: Node) -> StepDict:
    return {"type": "set", "body": languages.template(node)}


def _set_header(context: Context, node: Node) -> StepDict:
    return {"type": "set", "headers": {_name(node): languages.template(node)}}


def _set_property(context: Context, node: Node) -> StepDict:
    return {"type": "set", "properties": {_name(node): languages.template(node)}}


def _set_several(field: str, listed: str) -> Translate:
    def translate(context: Context, node: Node) -> StepDict:
        entries = member(node, listed)
        if entries is None or not isinstance(entries.value, list):
            raise UntranslatableError(f"it has no list `{listed}`")
        return {"type": "set", field: {_name(each): languages.template(each) for each in entries.value}}

    return translate


def _name(node: Node) -> str:
    name = text(node, "name")
    if not name:
        raise UntranslatableError("it has no `name`")
    if "${" in name:
        raise UntranslatableError("a name that is computed has no counterpart")
    return name


def _remove(field: str) -> Translate:
    def translate(context: Context, node: Node) -> StepDict:
        name = node.value if isinstance(node.value, str) else text(node, "name") or text(node, "pattern")
        context.ignore(node, "remove", "excludePattern")
        if not name:
            raise UntranslatableError("it names nothing")
        return {"type": "remove", field: [name]}

    return translate


def _transform(context: Context, node: Node) -> StepDict:
    return {"type": "transform", "expression": languages.source(node)}


def _convert(context: Context, node: Node) -> None:
    context.notes.differs(node, "convertBodyTo", "bodies have the type that they came with; it is left out")


def _log(context: Context, node: Node) -> StepDict:
    message = node.value if isinstance(node.value, str) else text(node, "message")
    context.ignore(node, "log", "logger", "marker", "logName")
    step: StepDict = {"type": "log", "message": template_of(message)}
    level = _LEVELS.get(text(node, "loggingLevel").upper())
    return {**step, "level": level} if level else step


def _validate(context: Context, node: Node) -> StepDict:
    return {"type": "validate", "expression": languages.predicate(node)}


def _sort(context: Context, node: Node) -> StepDict:
    context.ignore(node, "sort", "comparator")
    return {"type": "sort", "expression": languages.source(node)}


def _delay(context: Context, node: Node) -> StepDict:
    if isinstance(node.value, str | int):
        return {"type": "delay", "duration": duration(node.value)}
    found = languages.find_expression(node)
    if found is not None and found[0] == "constant" and not isinstance(found[1].value, dict):
        return {"type": "delay", "duration": duration(found[1].value)}
    return {"type": "delay", "duration": f"${{$number({languages.source(node)}) / 1000}}"}


def _stop(context: Context, node: Node) -> StepDict:
    return {"type": "stop"}


def _throw(context: Context, node: Node) -> StepDict:
    java = text(node, "exceptionType").rpartition(".")[2] or "Exception"
    return {"type": "throw", "code": java, "message": template_of(text(node, "message") or java)}


def _format(type: str) -> Translate:
    def translate(context: Context, node: Node) -> StepDict:
        options = node.value if isinstance(node.value, dict) else {}
        name = next((each for each in options if each in _FORMATS), "")
        if not name:
            known = ", ".join(each for each in options if each not in ("id", "description")) or "none"
            raise UntranslatableError(f"the data format {known} has no counterpart")
        inside = options[name]
        if isinstance(inside.value, dict) and inside.value:
            context.ignore(inside, type, *inside.value)
        return {"type": type, "format": _FORMATS[name]}

    return translate


def _sample(context: Context, node: Node) -> StepDict:
    frequency = number(node, "messageFrequency")
    if frequency is not None:
        return {"type": "sample", "messageFrequency": frequency}
    context.ignore(node, "sample", "units")
    period = text(node, "samplePeriod")
    return {"type": "sample", "samplePeriod": duration(period)} if period else {"type": "sample"}


def _step(context: Context, node: Node) -> StepDict:
    return {"type": "flow", "flow": {"steps": context.inside(node)}}


def _untold(reason: str) -> Translate:
    def translate(context: Context, node: Node) -> StepDict:
        raise UntranslatableError(reason)

    return translate


_JAVA = "it runs Java: write a `python` or `javascript` step"

MESSAGES: dict[str, Translate] = {
    "setBody": _set_body,
    "setHeader": _set_header,
    "setProperty": _set_property,
    "setVariable": _set_property,
    "setHeaders": _set_several("headers", "headers"),
    "setVariables": _set_several("properties", "variables"),
    "removeHeader": _remove("headers"),
    "removeHeaders": _remove("headers"),
    "removeProperty": _remove("properties"),
    "removeProperties": _remove("properties"),
    "removeVariable": _remove("properties"),
    "transform": _transform,
    "convertBodyTo": _convert,
    "log": _log,
    "validate": _validate,
    "sort": _sort,
    "delay": _delay,
    "stop": _stop,
    "throwException": _throw,
    "marshal": _format("marshal"),
    "unmarshal": _format("unmarshal"),
    "sample": _sample,
    "step": _step,
    "pipeline": _step,
    "bean": _untold(_JAVA),
    "process": _untold(_JAVA),
    "script": _untold(_JAVA),
    "transacted": _untold("transactions over several steps have no counterpart; look at `saga`"),
    "kamelet": _untold("a Kamelet is a template of somebody else's: write a step template"),
}
"""By Camel's name."""
