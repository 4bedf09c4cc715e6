"""Work that does not wait for anything, and must not keep others from theirs."""

from airdock.spec.step import Clock

_SECONDS = 0.01
_CALLS = 16


class Pace:
    """Says when work that goes on and on should let others run: `await asyncio.sleep(0)`.

    It goes by the clock of flows, so that in virtual time, where work takes none, the order of things stays the same.
    """

    __slots__ = ("_calls", "_clock", "_until")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until = 0.0
        self._calls = 0

    def due(self) -> bool:
        """Whether it is time; called between pieces of work."""
        self._calls += 1
        if self._calls < _CALLS:
            return False
        self._calls = 0
        now, until = self._clock.monotonic(), self._until
        if until and now < until:
            return False
        self._until = now + _SECONDS
        return bool(until)
