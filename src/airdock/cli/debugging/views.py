"""What the debugger shows of a run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from airdock.cli.debugging.debugger import Stop
from airdock.cli.terminal import json_text, paint, printable
from airdock.errors import FlowError
from airdock.exchange import Exchange, StepInfo
from airdock.expressions import ExpressionSyntaxError, compile_expression
from airdock.response import ABSENT
from airdock.runlog.masking import Masker
from airdock.runlog.preview import preview
from airdock.testing.changes import snapshot

_LONGEST = 4000
"""Characters of a value that are shown."""


def evaluated(source: str, exchange: Exchange) -> str:
    """The value of an expression as JSON, or why there is none."""
    try:
        value = compile_expression(source).evaluate(exchange)
    except ExpressionSyntaxError as error:
        return f"{error.message} (at character {error.offset + 1})"
    except FlowError as error:
        return f"{error.code}: {error.message}"
    return _json(value)


def assigned(operand: str, exchange: Exchange) -> str:
    """Sets a part of the exchange to the value of an expression; `operand` is `TARGET EXPRESSION`."""
    target, _, source = operand.partition(" ")
    part, *names = target.split(".")
    if not source.strip() or part not in ("body", "headers", "properties") or (part != "body" and not names):
        return "write `set body EXPRESSION`, `set body.NAME …`, `set headers.NAME …` or `set properties.NAME …`"
    try:
        value = compile_expression(source.strip()).evaluate(exchange)
    except (ExpressionSyntaxError, FlowError) as error:
        return str(error)
    if not names:
        exchange.body = value
    elif not _set_inside(getattr(exchange, part), names, value):
        return f"{target} is not inside an object"
    return f"{target} = {_json(value)}"


def _set_inside(holder: Any, names: list[str], value: Any) -> bool:
    for name in names[:-1]:
        holder = holder.get(name) if isinstance(holder, dict) else None
    if not isinstance(holder, dict):
        return False
    holder[names[-1]] = value
    return True


def exchange_lines(exchange: Exchange) -> Iterator[str]:
    """Body, headers, properties and the answer so far."""
    for name, value in snapshot(exchange).items():
        if name == "response":
            value = {key: each for key, each in value.items() if each is not ABSENT and each != [] and each != {}}
        yield f"{paint(name, 'bold')}: {'(none)' if value is ABSENT else _json(value)}"


def where_lines(stop: Stop) -> Iterator[str]:
    """The steps that a run is in, the outermost first."""
    yield f"run {stop.exchange.run.id} of {printable(stop.exchange.run.flow)}"
    for depth, step in enumerate((*stop.around, stop.step)):
        yield f"{'  ' * (depth + 1)}{printable(step.path)}  {step.type}  {printable(step.file)}:{step.line}"


def source_lines(folder: Path, step: StepInfo, around: int) -> Iterator[str]:
    """The lines of the descriptor at a step, with their numbers."""
    try:
        lines = (folder / step.file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    first, last = max(step.line - 1 - around, 0), min(step.line + around, len(lines))
    if around == 0:
        yield paint(f"  {printable(step.file)}:{step.line}", "dim")
    for number in range(first, last):
        mark = "→" if number == step.line - 1 else " "
        yield f"{mark} {number + 1:>4} | {printable(lines[number])}"


def _json(value: Any) -> str:
    text = json_text(preview(Masker(), value, _LONGEST))
    return "\n".join(printable(line) for line in text.split("\n"))
