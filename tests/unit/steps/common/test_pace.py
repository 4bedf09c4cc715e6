from airdock.spec.step import Clock
from airdock.steps.common.pace import Pace
from airdock.testing.virtual import VirtualClock


class Ticking(VirtualClock):
    def __init__(self, step: float) -> None:
        self.time = 100.0
        self.step = step

    def monotonic(self) -> float:
        self.time += self.step
        return self.time


def times(clock: Clock, calls: int) -> int:
    pace = Pace(clock)
    return sum(pace.due() for _ in range(calls))


def test_it_is_time_now_and_then() -> None:
    assert times(Ticking(0.001), 16 * 101) == 10
    assert times(Ticking(1), 16 * 11) == 10


def test_never_where_time_stands_still() -> None:
    assert times(Ticking(0), 10_000) == 0
