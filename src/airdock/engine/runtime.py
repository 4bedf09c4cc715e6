"""What compiled flows use of the process that runs them."""

from dataclasses import dataclass, field

from airdock.engine.background import Background
from airdock.engine.clock import LoopClock
from airdock.spec.step import Clock
from airdock.state import Stores
from airdock.stores.memory import MemoryStore


def _memory() -> Stores:
    store = MemoryStore()
    return Stores(store, store)


@dataclass(frozen=True, slots=True)
class Runtime:
    """The surroundings of running flows, the same for all flows of a process.

    Attributes:
        clock: Time. stores: Where patterns keep their state. background: What runs beside the requests.
    """

    clock: Clock = field(default_factory=LoopClock)
    stores: Stores = field(default_factory=_memory)
    background: Background = field(default_factory=Background)
