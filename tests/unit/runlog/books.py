"""A run log with its store and clock, and exchanges to feed it with."""

from pathlib import Path
from typing import Any

from uuid_utils import uuid7

from airdock.errors import AirdockError, FlowError
from airdock.exchange import Exchange, Run
from airdock.request import Request
from airdock.runlog import RunLog, RunLogSettings, RunStore, Sealer

FLOW = "shop/orders.flow"


class Clock:
    """Both clocks of a run log, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.unix = 1_800_000_000.0

    def ticks(self) -> int:
        return round(self.seconds * 1e9)

    def wall(self) -> float:
        return self.unix


class ReversingSealer:
    """Seals so that nothing can be read by accident, and tells what it did not seal."""

    def seal(self, plain: bytes) -> bytes:
        return b"sealed:" + plain[::-1]

    def open(self, sealed: bytes) -> bytes:
        if not sealed.startswith(b"sealed:"):
            raise AirdockError("it was sealed with another key")
        return sealed.removeprefix(b"sealed:")[::-1]


class Book:
    """A run log with its store and its clock."""

    def __init__(self, home: Path, *, sealer: Sealer | None = None, **settings: Any) -> None:
        self.home = home
        self.clock = Clock()
        self.log = RunLog(
            home,
            settings=RunLogSettings(**{"interval": 0.001, **settings}),
            worker="test",
            sealer=sealer,
            wall=self.clock.wall,
            ticks=self.clock.ticks,
        )
        self.store = RunStore(home, sealer)
        self.log.start()

    def run(
        self,
        *,
        flow: str = FLOW,
        level: str = "summary",
        seconds: float = 0.0,
        error: FlowError | None = None,
        exchange: Exchange | None = None,
    ) -> str:
        """One run of a flow; its id."""
        exchange = exchange or new_exchange(flow)
        entry = self.log.flow(flow, "shop", level)
        entry.started()
        started = self.clock.ticks()
        self.clock.seconds += seconds
        entry.ended(exchange, started, error)
        return exchange.run.id

    def flush(self) -> None:
        assert self.log.flush(), "the run log could not be written"

    def everything(self) -> bytes:
        """All bytes on the disk."""
        return b"".join(path.read_bytes() for path in sorted(self.home.iterdir()))


def new_exchange(flow: str = FLOW, request: Request | None = None, id: str | None = None) -> Exchange:
    return Exchange(Run(id or str(uuid7()), flow, "shop", 3), request or Request())


def stored(book: Book, flow: str = FLOW) -> list[str]:
    book.flush()
    return [run.outcome for run in book.store.list(flow=flow, limit=10_000)]


def counted(book: Book, flow: str = FLOW) -> dict[str, int]:
    book.flush()
    return {each.outcome: each.count for each in book.store.counters() if each.flow == flow}
