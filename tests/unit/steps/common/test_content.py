"""Content that comes piece by piece."""

import gzip
from typing import Any

import pytest

from airdock.errors import FlowError
from airdock.formats.csv import CsvReading
from airdock.formats.gzip import GzipReading
from airdock.formats.ndjson import NdjsonReading
from airdock.steps.common.content import stream_of
from airdock.streams import Stream
from tests.unit.flows import Flows, output

LINES = b"".join(b'{"n": %d}\n' % number for number in range(20_000))
SPLIT = {"type": "split", "aggregate": "latest", "steps": [{"type": "set", "properties": {"n": "${body.n}"}}]}


def streamed(format: str, **fields: Any) -> dict[str, Any]:
    return {"type": "unmarshal", "format": format, "streaming": True, **fields}


async def test_lines_are_split(flows: Flows) -> None:
    result = await flows.run([streamed("ndjson"), SPLIT, output("${body.n}")], "POST", content=LINES)
    assert result.text == "19999"


async def test_rows_of_a_text_that_a_step_set(flows: Flows) -> None:
    begin = {"type": "set", "body": "n,m\r\n1,2\r\n3,4\r\n"}
    result = await flows.run([begin, streamed("csv"), SPLIT, output("${body}")])
    assert result.text == '{"n":"3","m":"4"}'


async def test_streams_in_streams(flows: Flows) -> None:
    steps = [streamed("gzip"), streamed("ndjson"), SPLIT, output("${body.n}")]
    result = await flows.run(steps, "POST", content=gzip.compress(LINES))
    assert result.text == "19999"


async def test_content_of_a_property_and_a_property_for_the_items(flows: Flows) -> None:
    steps = [
        {"type": "set", "properties": {"text": "n\n1\n2\n"}},
        streamed("csv", source="properties.text", result="rows"),
        {**SPLIT, "expression": "properties.rows"},
    ]
    result = await flows.run([*steps, output("${body.n}")])
    assert result.text == "2"


async def test_an_error_comes_with_the_item(flows: Flows) -> None:
    write = {"type": "split", "steps": [{"type": "log", "message": "${body.n}"}]}
    result = await flows.run([streamed("ndjson"), write], "POST", content=b'{"n": 1}\n{"n": \n')
    assert (result.status, result.json()["code"]) == (400, "unmarshal.content")
    assert "line 2" in result.json()["detail"]


async def test_pieces_are_for_a_step_that_streams(flows: Flows) -> None:
    steps = [streamed("gzip"), {"type": "unmarshal", "format": "ndjson"}]
    result = await flows.run(steps, "POST", content=gzip.compress(LINES))
    assert "not from a body that comes item by item: give `streaming`" in result.json()["detail"]


async def test_items_are_no_pieces(flows: Flows) -> None:
    result = await flows.run([streamed("ndjson"), streamed("csv"), SPLIT], "POST", content=LINES)
    assert "csv is read from a text or bytes, not from an object" in result.json()["detail"]


def test_too_much_is_told() -> None:
    bomb = gzip.compress(b"\0" * 10_000_000)
    items = stream_of(bomb, GzipReading(max_size=1_000_000).feed(""), "gzip").take()
    with pytest.raises(FlowError) as caught:
        list(items)  # type: ignore[arg-type]  # bytes need not wait
    assert caught.value.code == "unmarshal.tooLarge"


@pytest.mark.parametrize("options", [NdjsonReading(max_line_size=1000), CsvReading(max_row_size=1000)])
def test_a_line_without_an_end_is_not_gathered(options: Any) -> None:
    pieces = iter([b"x" * 600] * 1000)
    with pytest.raises(FlowError) as caught:
        list(stream_of(Stream(pieces), options.feed(""), "it").take())  # type: ignore[arg-type]
    assert caught.value.code == "unmarshal.tooLarge"
    assert len(list(pieces)) >= 997


def test_pieces_are_let_go() -> None:
    ended = []

    def pieces() -> Any:
        try:
            yield b"1\n2\n"
            yield b"3\n"
        finally:
            ended.append(True)

    items = stream_of(Stream(pieces()), NdjsonReading().feed(""), "ndjson").take()
    assert next(items) == 1  # type: ignore[arg-type]
    items.close()  # type: ignore[union-attr]
    assert ended == [True]


def test_only_some_formats_stream(flows: Flows) -> None:
    (problem,) = flows.problems([streamed("json")])
    assert "has no field 'streaming'" in problem
    (problem,) = flows.problems([streamed("gzip", charset="utf-8")])
    assert "`charset` is for the step that reads the pieces" in problem
