"""A script's errors, in the author's terms."""

import re

import msgspec

from airdock.errors import DescriptorError, FlowError, Problem
from airdock.scripts.javascript.outcome import Failure
from airdock.scripts.javascript.program import Program
from airdock.scripts.library import nearest, refused

_CODE = re.compile(r"[A-Za-z]\w*(\.\w+)+")
_INPUT = re.compile(r"<input>:(\d+):(\d+)")
_MODULE_WORDS = re.compile(r"^\s*(import|export)\b", re.MULTILINE)
_STACK = 10


def failed(failure: Failure, program: Program) -> FlowError:
    """The error of a step whose script threw.

    An error with a `code` such as `"order.unknown"` (and a `status`, if it has one) keeps both.
    """
    if _CODE.fullmatch(failure.code):
        status = failure.status if failure.status is not None and 400 <= failure.status <= 599 else None
        return FlowError(failure.code, failure.message, status=status, details=_details(failure, program))
    if failure.name == "InternalError" and "memory" in failure.message:
        text = f"the script used more memory than allowed ({failure.message})"
        return FlowError("script.memory", text, details=_details(failure, program))
    text = f"{failure.name}: {failure.message}" if failure.name else failure.message
    hint = nearest(_wanted(failure), failure.exported)
    lines = program.lines(failure.stack)
    where = f"{lines[0]}: " if lines else ""
    return FlowError("script.error", where + (f"{text}; {hint}" if hint else text), details=_details(failure, program))


def unloadable(found: str, path: str, source: str) -> DescriptorError:
    """The error of a module that does not compile; `found` is what the sandbox said."""
    failure = msgspec.json.decode(found, type=Failure)
    place = _INPUT.search(failure.stack)
    line, column = (int(place[1]), int(place[2])) if place else (0, 0)
    # A block that is not closed is noticed behind the module's last line.
    line = min(line, source.count("\n") + 1)
    hint = "modules are CommonJS: use require() and exports" if _MODULE_WORDS.search(source) else ""
    text = f"{failure.name}: {failure.message}" if failure.name else failure.message
    return refused("descriptor.script", text, path, line, column if line > 1 else 0, hint=hint)


def json_problems(path: str, source: str) -> list[Problem]:
    """What is wrong with a JSON module; nothing when it is well-formed."""
    try:
        msgspec.json.decode(source)
    except (msgspec.MsgspecError, RecursionError) as error:
        return refused("descriptor.script", f"the JSON is not well-formed: {error}", path).problems
    return []


def _details(failure: Failure, program: Program) -> dict[str, object]:
    lines = program.lines(failure.stack)[:_STACK]
    if not lines:
        return {"module": program.entry}
    return {"module": lines[0].module, "line": lines[0].line, "stack": [f"{each.module}:{each.line}" for each in lines]}


def _wanted(failure: Failure) -> str:
    name = re.search(r'no function "(.*)"', failure.message)
    return name[1] if name and failure.exported else ""
