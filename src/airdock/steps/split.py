from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterator
from typing import Any

from airdock.branch import brancher
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Boolean, Integer, Steps, Text
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.step import Compiled, Compiler, Step
from airdock.steps.branches.branching import Branch, Branches, Branching, BranchingStep
from airdock.steps.branches.gathering import Original
from airdock.steps.branches.items import Piece, items_of, pieces
from airdock.streams import close_items, close_now


class Split(BranchingStep):
    """Runs its steps for each item of a list, on a copy of the message whose body is the item: Camel's splitter.

    A value that is no list is a list of one; where there is none, nothing runs. Items are taken one by one: a body that
    is streamed (`unmarshal` with `streaming`, an iterator of a script) is never in memory as a whole, and is used up
    then, so that the body behind the step is null. A list stays as it is, and so does the body behind the step, unless
    `aggregate` makes another.

    Expressions inside see `split.index` (from 0), `split.size` and `split.last`. How many items a stream has only its
    last one knows, so that each item waits for the next one, or for the end.

    A text is cut where `delimiter` is given; nothing comes behind one at its end. An item keeps to itself what it does
    to headers and properties. What it writes to the answer is put together in the order of the items.

    An error in one item does not end the others. When all have ended, the step fails with the first of the errors, in
    the order of the items; its `details` tell how many failed, and of the first twenty why (`failures`). What the
    items wrote is dropped. With `stopOnError` the first error ends the step at once. An error that a handler of the
    flow took is none. An expression in `aggregate` takes errors upon itself: it sees `branches`, a list with `index`,
    `body`, `headers`, `properties` and `error` (null where all went well) of each item.
    """

    type = "split"
    group = "routing"
    default_aggregate = Original
    example = {
        "type": "split",
        "expression": "body.orders",
        "steps": [{"type": "output", "message": "${split.index + 1} of ${split.size}: ${body.id}\n"}],
    }

    expression: Expression | None = field(
        ExpressionKind(), "The list; the body if left out.", example="body.orders[amount > 100]"
    )
    steps: list[Step] = field(Steps(), "What runs for each item.", default=REQUIRED)
    delimiter: str = field(
        Text(r"[\s\S]+", "a text"), "A text is cut at this; a text is one item if left out.", default="", example="\n"
    )
    skip_first: bool = field(Boolean(), "The first item is left out: a heading, say.", default=False)
    group_size: int = field(
        Integer(1, 1_000_000),
        "So many items make one: a list of them, or the text with the delimiters between.",
        name="group",
        default=1,
        example=100,
    )
    max_results: int = field(
        Integer(1, 100_000_000),
        "So many items there may be where `aggregate` keeps what comes of each, as all but `latest` do; with more, the"
        " step fails with `split.full`.",
        default=100_000,
    )

    @property
    def reads_body(self) -> bool:
        return self.expression is None

    def compile(self, compiler: Compiler) -> Compiled:
        branching = Branching(self, compiler)
        run = compiler.branch(compiler.block(self.steps))
        skip, group, delimiter = int(self.skip_first), self.group_size, self.delimiter
        peek, shared = (self.expression.peek, self.expression.names_value) if self.expression else (_body, True)
        most = self.max_results if branching.keeps else None

        def split(exchange: Exchange) -> Awaitable[None] | None:
            value = peek(exchange)
            items = items_of(value, shared, delimiter)
            joint = delimiter if isinstance(value, str) else ""
            branches = _branches(exchange, run, pieces(items, skip, group, joint), most)
            pending = branching.run(exchange, branches)
            return pending if items.number is not None else _use_up(exchange, value, pending)

        return split

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = super().check(element)
        if element.aggregate is not None and element.aggregate.source.strip() == "object":
            broken.append(("aggregate", "items have no names that `object` could go by: use `list`, or an expression"))
        return broken


def _body(exchange: Exchange) -> Any:
    return exchange.body


def _branches(
    exchange: Exchange, run: Compiled, found: Iterator[Piece] | AsyncIterator[Piece], most: int | None
) -> Branches:
    if isinstance(found, AsyncIterator):
        return _arriving(exchange, run, found, most)
    return _ready(exchange, run, found, most)


def _ready(exchange: Exchange, run: Compiled, found: Iterator[Piece], most: int | None) -> Iterator[Branch]:
    make = brancher(exchange, "split")
    try:
        for item, index, size, last in found:
            if most is not None:
                _check_number(index, size, most)
            yield Branch(run, make(item, {"index": index, "size": size, "last": last}))
    finally:
        close_now(found)


async def _arriving(
    exchange: Exchange, run: Compiled, found: AsyncIterator[Piece], most: int | None
) -> AsyncGenerator[Branch, None]:
    make = brancher(exchange, "split")
    try:
        async for item, index, size, last in found:
            if most is not None:
                _check_number(index, size, most)
            yield Branch(run, make(item, {"index": index, "size": size, "last": last}))
    finally:
        await close_items(found)


def _check_number(index: int, size: int | None, most: int) -> None:
    if (index + 1 if size is None else size) > most:
        raise FlowError("split.full", f"there are more than {most:,} items, and `aggregate` keeps what comes of each")


async def _use_up(exchange: Exchange, stream: Any, pending: Awaitable[None] | None) -> None:
    """A body that came item by item is gone when its items are."""
    if pending is not None:
        await pending
    if exchange.body is stream:
        exchange.body = None
