"""What one rendering may use."""

from contextvars import ContextVar
from time import perf_counter
from typing import Any, NoReturn

from airdock.errors import FlowError

SECONDS = 1.0
"""So long a rendering may take: nothing else runs meanwhile, as with an expression."""
STEPS = 1_000_000
"""So many rounds of loops, and uses of filters, functions and tests."""
WEIGHT = 1_000_000
"""So many values a list or object that a template makes may hold, those inside it counted wherever they stand."""
_WORK = 10
"""So many times the size of the answer all texts together may have that are made on the way."""


class Budget:
    """The rest of what a rendering may use.

    Attributes:
        size: So long the answer may be.
    """

    __slots__ = ("_seconds", "_steps", "_text", "_until", "_weights", "size")

    def __init__(self, size: int, seconds: float = SECONDS, steps: int = STEPS) -> None:
        self.size = size
        self._seconds = seconds
        # The clock of the processor's work, which stands still for nobody, not even in tests.
        self._until = perf_counter() + seconds
        self._steps = steps
        self._text = _WORK * size
        # Of containers that the template has made; they are held, so that no other one gets their id.
        self._weights: dict[int, tuple[Any, int]] = {}

    def round(self) -> None:
        """One more round of a loop, which costs little by itself."""
        self._steps -= 1
        if self._steps & 63 == 0:
            self.check()

    def use(self) -> None:
        """One more thing done that may take its time."""
        self._steps -= 1
        self.check()

    def check(self) -> None:
        """Raises FlowError `template.limit` where time or steps are used up."""
        if self._steps <= 0:
            self.over(f"it does more than {STEPS:,} things")
        if perf_counter() > self._until:
            self.over(f"it takes longer than {self._seconds:g} s")

    def text(self, length: int) -> None:
        """A text of this length is made, or is going to be; raises FlowError `template.limit`."""
        self._text -= length
        if self._text < 0:
            self.over(f"it makes more than {_WORK} times `maxSize` of text on the way")

    def made(self, container: Any) -> None:
        """A list or an object is made of values that are there; raises FlowError `template.limit`.

        Of one that stands in others many times, each time counts: as it does when all of it is written or compared.
        """
        weights = self._weights
        weight = len(container)
        if weights:
            inside = container.values() if isinstance(container, dict) else container
            weight += sum(weights[id(each)][1] for each in inside if id(each) in weights)
        if weight > WEIGHT:
            self.over(f"it makes a list or an object of more than {WEIGHT:,} values")
        weights[id(container)] = container, weight

    def is_made(self, container: Any) -> bool:
        """Whether the template has made it; else it is a part of the message."""
        return id(container) in self._weights

    def over(self, what: str) -> NoReturn:
        raise FlowError("template.limit", f"the template was stopped: {what}")


_current: ContextVar[Budget] = ContextVar("budget")

budget = _current.get
"""The budget of the rendering that runs."""
set_budget = _current.set
reset_budget = _current.reset
