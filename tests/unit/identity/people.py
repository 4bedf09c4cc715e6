"""What the tests of identity share."""

from airdock.identity import Passwords

PASSWORD = "correct horse battery"
FAST = Passwords(rounds=1, memory=8)
"""Hashing that costs nothing: what the costs are for is tested by itself."""


class Clock:
    """The time as a test sets it."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def go_on(self, seconds: float) -> None:
        self.seconds += seconds
