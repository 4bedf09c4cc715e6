from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from airdock.errors import FlowError
from airdock.formats.ndjson import NdjsonWriting
from airdock.steps.common.writing import written


def lines(items: Any) -> Any:
    return written(items, NdjsonWriting().compile_items()[0], "ndjson")


def test_items_are_written_one_by_one_and_let_go() -> None:
    made, ended = [], []

    def items() -> Iterator[Any]:
        try:
            for number in range(10):
                made.append(number)
                yield {"n": number}
        finally:
            ended.append(True)

    written_lines = lines(items())
    assert (next(written_lines), made) == (b'{"n":0}\n', [0])
    written_lines.close()
    assert ended == [True]
    with pytest.raises(FlowError) as caught:
        list(lines(iter([object()])))
    assert caught.value.code == "marshal.value"


async def test_items_that_must_be_waited_for() -> None:
    async def items(last: Any) -> AsyncIterator[Any]:
        yield 1
        yield last

    assert [line async for line in lines(items("x"))] == [b"1\n", b'"x"\n']
    with pytest.raises(FlowError) as caught:
        assert [line async for line in lines(items(object()))] == []
    assert caught.value.code == "marshal.value"
