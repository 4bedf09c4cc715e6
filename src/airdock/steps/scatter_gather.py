from collections.abc import Callable
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Integer, OneOf
from airdock.steps.branches.gathering import Gathering, Listed
from airdock.steps.multicast import Multicast


class ScatterGather(Multicast):
    """Asks several flows at once and puts their answers together: Camel's scatter-gather.

    It is a `multicast` that runs side by side, makes a list of the answers (the bodies with which the flows end), and
    does without flows that fail or do not answer within `timeout`: they are left out. `minimum` says how many must
    answer well; with fewer the step fails, with the first of the errors, or with `scatterGather.replies` where there is
    none. An expression in `aggregate` sees those that failed, too, by their `error`.
    """

    type = "scatterGather"
    default_aggregate = Listed
    example = {
        "type": "scatterGather",
        "timeout": "2s",
        "aggregate": "branches[body.price = $min($$.branches.body.price)].body",
        "flows": [
            {"name": "north", "steps": [{"type": "transform", "expression": "{'price': 5}"}]},
            {"name": "south", "steps": [{"type": "transform", "expression": "{'price': 4}"}]},
        ],
    }

    parallel: bool | int = field(
        OneOf((Boolean(), Integer(1, 1000))),
        "Flows run side by side, so many at once; `true` stands for 20, `false` for one after another.",
        default=True,
        example=10,
    )
    minimum: int = field(Integer(0), "So many flows must answer well.", default=1, example=2)

    def gathering(self) -> Callable[[], Gathering]:
        make, minimum = super().gathering(), self.minimum
        return lambda: _Replies(make(), minimum)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = super().check(element)
        if element.minimum > len(element.flows):
            broken.append(("minimum", f"there are only {len(element.flows)} flows that could answer"))
        return broken


class _Replies(Gathering):
    """Does without branches that failed, if enough others have not."""

    sees_errors = True

    def __init__(self, inner: Gathering, minimum: int) -> None:
        self._inner = inner
        self._minimum = minimum
        self._good = 0
        self._first: FlowError | None = None

    def add(self, name: str, index: int, branch: Exchange, error: FlowError | None) -> None:
        if error is None:
            self._good += 1
        elif self._first is None:
            self._first = error
        if error is None or self._inner.sees_errors:
            self._inner.add(name, index, branch, error)

    def value(self, exchange: Exchange) -> Any:
        first, self._first = self._first, None
        if self._good >= self._minimum:
            return self._inner.value(exchange)
        if first is not None:
            raise first
        wanted = f"{self._minimum} were wanted"
        raise FlowError("scatterGather.replies", f"{self._good or 'no'} flows have answered in time, and {wanted}")
