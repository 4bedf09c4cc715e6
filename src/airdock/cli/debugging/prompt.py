"""The prompt of the debugger: shows where a run stands, and does what a person asks for."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

from airdock.cli.debugging.breakpoints import Breakpoint
from airdock.cli.debugging.debugger import Debugger, Move, Stop
from airdock.cli.debugging.pausing import PausableLoop
from airdock.cli.debugging.views import assigned, evaluated, exchange_lines, source_lines, where_lines
from airdock.cli.terminal import paint, printable, say
from airdock.expressions import ExpressionSyntaxError

PROMPT = "(airdock) "


class QuitError(BaseException):
    """The person has seen enough: the run ends."""


class Command(NamedTuple):
    """A command: its words, what stands behind them, what it does."""

    words: tuple[str, ...]
    operand: str
    help: str


COMMANDS = (
    Command(("step", "s"), "", "go to the next step, also inside this one"),
    Command(("next", "n"), "", "go to the next step that is not inside this one"),
    Command(("out", "o"), "", "go on until the step around this one is left"),
    Command(("continue", "c"), "", "go on to the next breakpoint, or to the end"),
    Command(("break", "b"), "STEP [if EXPRESSION]", "stop at a step, by name or path; without one, list those"),
    Command(("clear",), "STEP", "forget a breakpoint"),
    Command(("print", "p"), "EXPRESSION", "evaluate an expression on the exchange"),
    Command(("exchange", "x"), "", "show body, headers, properties and the answer so far"),
    Command(("set",), "TARGET EXPRESSION", "set body, body.NAME, headers.NAME or properties.NAME to a value"),
    Command(("where", "w"), "", "show the steps around this one"),
    Command(("list", "l"), "", "show the descriptor around this step"),
    Command(("quit", "q"), "", "end the run"),
    Command(("help", "h"), "", "show this"),
)
_MOVES: dict[str, Move] = {"step": "into", "next": "over", "out": "out", "continue": "on"}


class Prompt:
    """Asks at each stop. An empty line repeats the last command.

    Args:
        folder: Where the descriptors are. read: Gives a line, as `input` does; raises EOFError at the end.
    """

    def __init__(self, folder: Path, read: Callable[[str], str]) -> None:
        self._folder = folder
        self._read = read
        self._last = "step"

    def __call__(self, debugger: Debugger, stop: Stop) -> Move:
        say(*self._headline(stop))
        while True:
            line = self._line()
            word, _, operand = line.partition(" ")
            name = next((each.words[0] for each in COMMANDS if word in each.words), "")
            self._last = line if name else self._last
            if name in _MOVES:
                return _MOVES[name]
            if name == "quit":
                raise QuitError
            say(*self._done(name or word, operand.strip(), debugger, stop))

    def _line(self) -> str:
        loop = asyncio.get_running_loop()
        with loop.paused() if isinstance(loop, PausableLoop) else nullcontext():
            try:
                line = self._read(PROMPT).strip()
            except EOFError:
                raise QuitError from None
        return line or self._last

    def _headline(self, stop: Stop) -> Iterator[str]:
        step = stop.step
        name = "" if step.name == step.path.rpartition(".")[2] else f" {printable(step.name)}"
        yield ""
        if stop.error is None:
            yield paint(f"→ {printable(step.path)}  {step.type}{name}", "bold")
        else:
            yield paint(
                f"✗ {printable(step.path)}  {step.type}{name}: {printable(str(stop.error.code))}", "red", "bold"
            )
            yield f"  {printable(stop.error.message)}"
        yield from source_lines(self._folder, step, around=0)

    def _done(self, name: str, operand: str, debugger: Debugger, stop: Stop) -> Iterator[str]:
        match name:
            case "break" if not operand:
                yield from (str(each) for each in debugger.breakpoints) if debugger.breakpoints else ("no breakpoints",)
            case "break":
                yield _add(debugger, operand)
            case "clear":
                yield _clear(debugger, operand)
            case "print":
                yield evaluated(operand, stop.exchange)
            case "exchange":
                yield from exchange_lines(stop.exchange)
            case "set":
                yield assigned(operand, stop.exchange)
            case "where":
                yield from where_lines(stop)
            case "list":
                yield from source_lines(self._folder, stop.step, around=5)
            case "help":
                yield from _help()
            case _:
                yield f"there is no command {printable(name)!r}; `help` lists them"


def _add(debugger: Debugger, operand: str) -> str:
    try:
        made = Breakpoint(operand)
    except ExpressionSyntaxError as error:
        return f"the condition does not compile: {error.message}"
    except ValueError as error:
        return str(error)
    debugger.breakpoints.append(made)
    return f"stops at {made}"


def _clear(debugger: Debugger, operand: str) -> str:
    kept = [each for each in debugger.breakpoints if each.step != operand]
    gone = len(debugger.breakpoints) - len(kept)
    debugger.breakpoints = kept
    return f"forgot {operand}" if gone else f"there is no breakpoint at {printable(operand)!r}"


def _help() -> Iterator[str]:
    rows = [(" ".join((", ".join(each.words), each.operand)).strip(), each.help) for each in COMMANDS]
    width = max(len(row[0]) for row in rows)
    yield from (f"  {row[0]:<{width}}  {row[1]}" for row in rows)
    yield "  An empty line repeats the last command."
