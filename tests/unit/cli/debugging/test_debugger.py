"""Where runs stop, and what the prompt does there: typed lines in, printed lines out."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from airdock.cli.debugging.breakpoints import Breakpoint
from airdock.cli.debugging.debugger import Debugger, Move, Stop
from airdock.cli.debugging.pausing import PausableLoop
from airdock.cli.debugging.prompt import COMMANDS, Prompt, QuitError
from airdock.engine.runtime import Runtime
from airdock.exchange import Exchange, Run, StepInfo
from airdock.testing import FlowClient
from tests.unit.flows import Flows, output

NESTED = [
    {"type": "set", "name": "first", "properties": {"n": 5}},
    {"type": "filter", "name": "big", "expression": "properties.n > 1", "steps": [output("a", name="in"), output("b")]},
    {"type": "try", "steps": [{"type": "throw", "code": "a.b"}], "catch": [{"steps": [output("caught")]}]},
]


async def stopped(flows: Flows, moves: list[Move], *breakpoints: str, **options: Any) -> list[str]:
    """The paths at which a run stops that is told these moves one after another."""
    flows.write("p/f.flow", {"steps": NESTED})
    stops: list[str] = []
    waiting = iter(moves)

    def ask(debugger: Debugger, stop: Stop) -> Move:
        stops.append(stop.step.path if stop.error is None else f"{stop.step.path}!")
        return next(waiting, "on")

    debugger = Debugger(ask, **options)
    debugger.breakpoints = [Breakpoint(each) for each in breakpoints]
    await FlowClient(flows.folder, runtime=Runtime(observer=debugger)).call("GET", "p/f.flow")
    return stops


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        (["into"] * 9, ["first", "big", "big.in", "big.2", "3", "3.1", "3.catch1.1"]),
        (["over"] * 9, ["first", "big", "3"]),
        (["into", "into", "out", "on"], ["first", "big", "big.in", "3"]),
        (["on"], ["first"]),
    ],
)
async def test_moves(flows: Flows, moves: list[Move], expected: list[str]) -> None:
    assert await stopped(flows, moves) == expected


async def test_breakpoints_by_name_path_and_condition(flows: Flows) -> None:
    assert await stopped(flows, [], "in", "big.2", first="on") == ["big.in", "big.2"]
    assert await stopped(flows, [], "in if properties.n = 5", "big.2 if properties.n = 6", first="on") == ["big.in"]


async def test_a_step_that_fails(flows: Flows) -> None:
    assert await stopped(flows, [], first="on", on_error=True) == ["3.1!"]


def test_a_breakpoint_whose_condition_fails_stops() -> None:
    point = Breakpoint('a if "x" + 1 > 0')
    assert str(point) == 'a if "x" + 1 > 0'
    assert point.is_at(StepInfo("1", "a", "set"), Exchange(Run("1", "p/f.flow")))


def typed(*lines: str) -> Any:
    waiting: Iterator[str] = iter(lines)

    def read(prompt: str) -> str:
        try:
            return next(waiting)
        except StopIteration:
            raise EOFError from None

    return read


async def said(flows: Flows, capsys: pytest.CaptureFixture[str], *lines: str) -> str:
    flows.write("p/f.flow", {"steps": NESTED})
    debugger = Debugger(Prompt(flows.folder, typed(*lines, "continue")))
    await FlowClient(flows.folder, runtime=Runtime(observer=debugger)).call("GET", "p/f.flow")
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["next", "print properties.n + 1"], "6"),
        (["p properties."], "at character"),
        (["p 'a' + 1"], "expression.type"),
        (["n", "x"], '"n": 5'),
        (["set properties.m 7", "p properties.m"], "properties.m = 7\n7"),
        (["set body {'a': 1}", "x"], 'body: {\n  "a": 1\n}'),
        (["set request 1"], "write `set body EXPRESSION`"),
        (["set body {'a': {}}", "set body.a.b 3", "p body.a.b"], "body.a.b = 3\n3"),
        (["set body.a 1"], "body.a is not inside an object"),
        (["s", "s", "where"], "  big  filter  p/f.flow:1\n    big.in  output  p/f.flow:1"),
        (["list"], "→    1 | "),
        (["break big.in if 1 >"], "the condition does not compile"),
        (["break"], "no breakpoints"),
        (["b in", "break", "clear in", "clear in"], "stops at in\nin\nforgot in\nthere is no breakpoint at 'in'"),
        (["fly"], "there is no command 'fly'; `help` lists them"),
        (["help"], "evaluate an expression on the exchange"),
        (["n", "", ""], "→ 3  try"),
    ],
)
async def test_commands(flows: Flows, capsys: pytest.CaptureFixture[str], lines: list[str], expected: str) -> None:
    assert expected in await said(flows, capsys, *lines)


async def test_quit_and_the_end_of_input_end_the_run(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": NESTED})
    for lines in (["quit"], []):
        debugger = Debugger(Prompt(flows.folder, typed(*lines)))
        with pytest.raises(QuitError):
            await FlowClient(flows.folder, runtime=Runtime(observer=debugger)).call("GET", "p/f.flow")


def test_words_of_commands_are_unique() -> None:
    words = [word for command in COMMANDS for word in command.words]
    assert len(words) == len(set(words))


def test_time_stands_still_at_the_prompt() -> None:
    async def main() -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, PausableLoop)
        before = loop.time()
        with loop.paused():
            busy = sum(range(200_000))
        assert busy
        return before, loop.time()

    with asyncio.Runner(loop_factory=PausableLoop) as runner:
        before, after = runner.run(main())
    assert after >= before
