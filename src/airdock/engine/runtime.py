"""What compiled flows use of the process that runs them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from airdock.connectors.links import Links
from airdock.engine.background import Background
from airdock.engine.clock import LoopClock
from airdock.engine.observing import Observer
from airdock.spec.step import Clock, Compiled, ProducingStep, Step
from airdock.state import Stores
from airdock.stores.memory import MemoryStore


def _memory() -> Stores:
    store = MemoryStore()
    return Stores(store, store)


class Advice(Protocol):
    """Stands between flows and what they are compiled into: tests see what runs by it, and put mocks in its place.

    What is compiled is made by a callable, so that it can be left out where it cannot be made.
    """

    def step(self, flow: str, step: Step, make: Callable[[], Compiled]) -> Compiled:
        """A step of a flow (`project/file.flow`), inside its common fields."""

    def block(self, flow: str, steps: list[Step], compiled: Compiled) -> Compiled:
        """Steps that run in order."""

    def flow(self, flow: str, compiled: Compiled) -> Compiled:
        """A whole flow as others call it."""

    def script(
        self, flow: str, module: str, function: str, step: ProducingStep, make: Callable[[], Compiled]
    ) -> Compiled:
        """A script module (`project/file.py`) as a step calls it."""


def _links() -> Links:
    return Links(LoopClock())


@dataclass(frozen=True, slots=True)
class Runtime:
    """The surroundings of running flows, the same for all flows of a process.

    Attributes:
        clock: Time. stores: Where patterns keep their state. background: What runs beside the requests.
        links: The connections to external services.
        advice: Of tests; None elsewhere.
        observer: Told of each step, for tracing and debugging; it costs time. None for nobody.
    """

    clock: Clock = field(default_factory=LoopClock)
    stores: Stores = field(default_factory=_memory)
    background: Background = field(default_factory=Background)
    links: Links = field(default_factory=_links)
    advice: Advice | None = None
    observer: Observer | None = None
