"""The memory that a flow takes for a body that comes line by line, measured in a process of its own."""

import asyncio
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from airdock.engine.pipeline import Pipeline
from airdock.request import Request
from airdock.streams import Stream
from airdock.testing import FlowClient

LINE = b'{"id": %d, "sku": "sku-%d", "price": 9.5, "text": "a line of about a hundred bytes, as orders have them"}'


def megabytes(lines: int) -> float:
    """The most that a process had resident which split so many lines of NDJSON."""
    program = [sys.executable, "-m", "benchmarks.streaming", str(lines)]
    return float(subprocess.run(program, check=True, capture_output=True, text=True).stdout)


class _Lines(Request):
    def __init__(self, lines: int) -> None:
        self._stream = Stream(map(msgspec.json.decode, _lines(lines)))

    @property
    def body(self) -> Any:
        return self._stream


def _lines(lines: int) -> Iterator[bytes]:
    return (LINE % (number, number) for number in range(lines))


def _pipeline() -> Pipeline:
    step = {"type": "split", "steps": [{"type": "set", "properties": {"sku": "${body.sku}"}}]}
    with TemporaryDirectory() as folder:
        Path(folder, "f.flow").write_bytes(msgspec.json.encode({"steps": [step]}))
        return FlowClient(folder).agent.flows["f.flow"]


async def _split(pipeline: Pipeline, lines: int) -> None:
    pending = pipeline.run(pipeline.exchange(_Lines(lines)), lambda exchange: None)
    if pending is not None:
        await pending


if __name__ == "__main__":
    asyncio.run(_split(_pipeline(), int(sys.argv[1])))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
