from collections.abc import AsyncIterator

import pytest

from airdock.branch import branch_of
from airdock.errors import FlowError
from airdock.exchange import Exchange, Run
from airdock.expressions import compile_expression, compile_template
from airdock.streams import Stream, as_stream, close_items


def message(body: object) -> Exchange:
    exchange = Exchange(Run("1", "p/f.flow"), properties={})
    exchange.body = body
    return exchange


def test_items_are_taken_once() -> None:
    stream = Stream([1, 2])
    before = stream.taken
    assert list(stream.take()) == [1, 2]  # type: ignore[arg-type]
    assert (before, stream.taken) == (False, True)
    with pytest.raises(FlowError, match="have been read already"):
        stream.take()


async def test_items_may_be_waited_for_and_their_source_is_closed() -> None:
    closed = []

    async def items() -> AsyncIterator[int]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    taken = Stream(items()).take()
    assert isinstance(taken, AsyncIterator)
    assert await anext(taken) == 1
    await close_items(taken)
    assert closed == [True]
    await close_items(iter([1]))


async def test_a_source_that_need_not_wait_is_closed_too() -> None:
    items = (number for number in (1, 2))
    next(items)
    await close_items(items)
    assert list(items) == []


@pytest.mark.parametrize("source", ["body.a", "$count(body)", "body[0]", "{'a': body}"])
def test_an_expression_that_reads_it_says_so(source: str) -> None:
    with pytest.raises(FlowError, match="comes item by item and only once"):
        compile_expression(source).evaluate(message(Stream([1])))


def test_a_text_that_holds_it_says_so() -> None:
    with pytest.raises(FlowError, match="item by item"):
        compile_template("all: ${body}").text(message(Stream([1])))


def test_a_path_alone_hands_it_on() -> None:
    stream = Stream([1])
    assert compile_expression("body").evaluate(message(stream)) is stream


def test_it_cannot_be_copied_into_a_branch() -> None:
    with pytest.raises(FlowError, match="only once"):
        branch_of(message(Stream([1])))
    assert branch_of(message(Stream([1])), "item").body == "item"


def test_an_iterator_becomes_one() -> None:
    assert list(as_stream(iter([1])).take()) == [1]
    assert as_stream([1]) == [1]
