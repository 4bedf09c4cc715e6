"""What reading a format costs beside the library that does the work. One function for each row."""

import csv
import io
import time
import timeit
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from airdock.engine.pipeline import NoLog
from airdock.request import Request
from airdock.testing import FlowClient
from benchmarks.patterns import Measured

ROUNDS = 9
STEPS = 10
ORDER = {
    "id": 4711,
    "customer": {"name": "Ann Example", "mail": "ann@example.com", "city": "Berlin", "since": "2019-04-01"},
    "items": [
        {"sku": f"sku-{number}", "name": "Some product with a name", "price": 9.5 * number, "quantity": number}
        for number in range(10)
    ],
    "paid": True,
    "note": "leave it at the door",
}
ROWS_OF_CSV = "sku,name,price,quantity\r\n" + "".join(
    f'sku-{number},"A product, with a name",{number}.50,{number % 7}\r\n' for number in range(500)
)


def unmarshal_json() -> Measured:
    """A body of 1 KB."""
    content = msgspec.json.encode(ORDER)
    return _beside(
        "unmarshal json, 1 KB", "json", content, lambda: msgspec.json.decode(content), "1.10 times the library"
    )


def unmarshal_large_json() -> Measured:
    """A body of 1 MB, in which its depth is looked for, too."""
    content = msgspec.json.encode([ORDER] * 1000)
    return _beside("unmarshal json, 1 MB", "json", content, lambda: msgspec.json.decode(content), "")


def unmarshal_csv() -> Measured:
    """Rows, as objects."""
    content = ROWS_OF_CSV.encode()

    def library() -> object:
        return list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True))

    return _beside("unmarshal csv, 500 rows", "csv", content, library, "")


ROWS: tuple[Callable[[], Measured], ...] = (unmarshal_json, unmarshal_large_json, unmarshal_csv)


class _Request(Request):
    def __init__(self, content: bytes) -> None:
        self._content = content

    @property
    def content(self) -> bytes:
        return self._content


class _Kept(NoLog):
    """A run log that keeps trails and stores nothing."""

    keep_trail = True


def _beside(what: str, format: str, content: bytes, library: Callable[[], object], bar: str) -> Measured:
    step = {"type": "unmarshal", "format": format, "result": "a"}
    run, plain = _flow(step, content), _flow({"type": "set", "properties": {"a": "b"}}, content)
    number = max(3, 20_000 // len(content))
    own, without, alone = _together((run, plain, library), number)
    own = (own - without) / STEPS
    return Measured(what, f"{own:,.1f} µs", f"{alone:,.1f} µs", f"{bar} (is {own / alone:.2f})" if bar else "")


def _flow(step: dict[str, Any], content: bytes) -> Callable[[], object]:
    with TemporaryDirectory() as folder:
        Path(folder, "f.flow").write_bytes(msgspec.json.encode({"steps": [step] * STEPS}))
        pipeline = FlowClient(folder).agent.flows["f.flow"]
    pipeline._log = _Kept()

    def run() -> None:
        pending = pipeline.run(pipeline.exchange(_Request(content)), lambda exchange: None)
        assert pending is None

    return run


def _together(calls: tuple[Callable[[], object], ...], number: int) -> list[float]:
    """Medians of the processor's time for a call in µs, over rounds in which each has its turn."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, each in zip(calls, times, strict=True):
            each.append(timeit.timeit(call, number=number, timer=time.process_time) / number * 1e6)
    return [median(each) for each in times]
