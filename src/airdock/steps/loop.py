from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from itertools import count
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression, Template
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Boolean, Integer, Steps
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Resuming, Step, changed
from airdock.steps.branches.items import items_of
from airdock.steps.branches.rounds import CopiedRounds, Rounds, Turns
from airdock.steps.common.values import told
from airdock.streams import close_items, close_now

TurnsBehind = Callable[[Rounds, dict[str, Any] | None], Turns]
"""The turns of a loop: all, or those behind the round that had this scope."""


class Loop(Step):
    """Runs its steps again and again: so many times, while something is true, or for each item of a list.

    The message is the same one in each round, so that a round finds what the one before it left. With `copy` each
    round begins with the message as it was in front of the loop; behind the loop it is as the last round left it, and
    `while` sees it as the round before left it. An error ends the loop; with `copy` message and answer are then as they
    were in front of it.

    Expressions inside, and `while`, see `loop.index` (from 0), `loop.item` of the `items`, `loop.size` where it is
    known, and in a loop inside another the scope of that as `loop.outer`. `while` is asked before each round. `items`
    is looked at once, when the loop begins. The body does not become the item, as it does in a `split`.

    Of a loop by `count` or `while`, more than `maxRounds` rounds are an error `loop.tooMany`. A run that failed in
    a round and is retried goes on in that round, but for one with `copy`, which begins anew.
    """

    type = "loop"
    group = "routing"
    example = {
        "type": "loop",
        "while": "body.left > 0",
        "steps": [{"type": "transform", "expression": "{'left': body.left - 1}"}],
    }

    count: Template | None = field(
        TemplateKind(types=("number", "string"), of=Integer(0)), "So many rounds.", example="${body.copies}"
    )
    while_: Expression | None = field(
        ExpressionKind(), "Another round as long as this is true.", name="while", example="body.left > 0"
    )
    items: Expression | None = field(ExpressionKind(), "A round for each item of this list.", example="body.orders")
    steps: list[Step] = field(Steps(), "What runs in each round.", default=REQUIRED)
    copy: bool = field(Boolean(), "Each round begins with the message as it was in front of the loop.", default=False)
    max_rounds: int = field(
        Integer(1, 1_000_000_000), "More rounds than this, by `count` or `while`, are an error.", default=100_000
    )

    begun: list[Step] | None = None
    """What is left of the round in which a run goes on."""

    @property
    def reads_body(self) -> bool:
        return self.copy

    def compile(self, compiler: Compiler) -> Compiled:
        steps, turns, clock, path, copy = (
            compiler.block(self.steps),
            self._turns(),
            compiler.clock,
            self.path,
            self.copy,
        )

        def loop(exchange: Exchange, behind: dict[str, Any] | None = None) -> Awaitable[None] | None:
            rounds = CopiedRounds(exchange, steps, clock, path) if copy else Rounds(exchange, steps, clock)
            return rounds.run(turns(rounds, behind))

        return loop if self.begun is None else _going_on(compiler.block(self.begun), loop)

    def _turns(self) -> TurnsBehind:
        if self.count is not None:
            return _counted(self.count, self.max_rounds)
        if self.while_ is not None:
            return _as_long_as(self.while_, self.max_rounds)
        if self.items is not None:
            return _for_each(self.items)
        raise RuntimeError("a loop without a rule was read")

    def resumed(self, inside: Resuming) -> "Loop | None":
        rest = inside.rest(self.steps)
        return changed(self, begun=rest) if rest and not self.copy else None

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        rules = [element.count, element.while_, element.items]
        if sum(rule is not None for rule in rules) != 1:
            return [("", "give `count`, `while` or `items`, one of the three")]
        if element.count is not None and element.count.constant and int(element.count.value) > element.max_rounds:
            return [("count", f"more rounds than `maxRounds`, which is {element.max_rounds:,}")]
        return []


def _going_on(rest: Compiled, loop: Callable[[Exchange, dict[str, Any]], Awaitable[None] | None]) -> Compiled:
    """What is left of a round, then the rounds behind it."""

    async def go_on(exchange: Exchange) -> None:
        pending = rest(exchange)
        if pending is not None:
            await pending
        # Loops inside have left; the scope that stands here is that of the round.
        scope = exchange.document.pop("loop")
        if "outer" in scope:
            exchange.document["loop"] = scope["outer"]
        pending = loop(exchange, scope)
        if pending is not None:
            await pending

    return go_on


def _counted(number: Template, most: int) -> TurnsBehind:
    def turns(rounds: Rounds, behind: dict[str, Any] | None) -> Iterator[None]:
        if behind is None:
            start, size = 0, _rounds_of(number.evaluate(rounds.exchange), most)
        else:
            start, size = behind["index"] + 1, behind["size"]
        for index in range(start, size):
            rounds.enter({"index": index, "size": size})
            yield

    return turns


def _rounds_of(value: Any, most: int) -> int:
    try:
        size = float(value)
    except (TypeError, ValueError, OverflowError):
        size = -1
    if isinstance(value, bool) or not 0 <= size < float("inf") or size != int(size):
        raise FlowError("loop.count", f"the number of rounds is {told(value)}; it must be a whole one from 0")
    if size > most:
        raise FlowError("loop.tooMany", f"the loop would have {told(value)} rounds; `maxRounds` is {most:,}")
    return int(size)


def _as_long_as(condition: Expression, most: int) -> TurnsBehind:
    def turns(rounds: Rounds, behind: dict[str, Any] | None) -> Iterator[None]:
        for index in count(0 if behind is None else behind["index"] + 1):
            rounds.enter({"index": index})
            if not condition.test(rounds.current):
                return
            if index >= most:
                raise FlowError("loop.tooMany", f"the loop has had {most:,} rounds, and `while` is still true")
            yield

    return turns


def _for_each(items: Expression) -> TurnsBehind:
    def turns(rounds: Rounds, behind: dict[str, Any] | None) -> Turns:
        if behind is not None:
            return _of_list(rounds, behind["items"], behind["index"] + 1)
        value = items.evaluate(rounds.exchange)
        found = items_of(value, False)
        if isinstance(found.each, AsyncIterator):
            return _arriving(rounds, found.each, value)
        return _of_unknown(rounds, found.each, value) if found.number is None else _of_list(rounds, list(found.each), 0)

    return turns


def _of_list(rounds: Rounds, items: list[Any], start: int) -> Iterator[None]:
    # The list goes along in the scope for a retry of the run, which goes on with it whatever became of the message.
    for index in range(start, len(items)):
        rounds.enter({"index": index, "size": len(items), "item": items[index], "items": items})
        yield


def _of_unknown(rounds: Rounds, each: Iterator[Any], value: Any) -> Iterator[None]:
    try:
        for index, item in enumerate(each):
            rounds.enter({"index": index, "item": item, "items": value})
            yield
    finally:
        close_now(each)


async def _arriving(rounds: Rounds, each: AsyncIterator[Any], value: Any) -> AsyncGenerator[None, None]:
    index = 0
    try:
        async for item in each:
            rounds.enter({"index": index, "item": item, "items": value})
            yield
            index += 1
    finally:
        await close_items(each)
