from collections.abc import Awaitable, Callable
from typing import Any

from airdock.exchange import Exchange, StopRun
from airdock.spec.fields import field
from airdock.spec.kinds import Duration, Integer, Steps
from airdock.spec.step import Clock, Compiled, Compiler, Resuming, Step, changed


class Sample(Step):
    """Lets some of many messages through: Camel's sampling throttler.

    With `messageFrequency` every so many-th message is taken; else the first one, and then the first one that comes
    when `samplePeriod` has passed since the last one was taken. Without `steps` the flow goes on behind the step for
    the messages that are taken, and ends well for the others. With `steps`, these run for the messages that are taken,
    and the flow goes on for all.

    Each process takes its own samples, since the flow was enabled in it.
    """

    type = "sample"
    group = "timing and load"
    stateful = True
    example = {
        "type": "sample",
        "name": "examples",
        "samplePeriod": "10s",
        "steps": [{"type": "log", "message": "for example: ${body}"}],
    }

    sample_period: float | None = field(
        Duration(), "One message in so long a time is taken; `1s` if left out.", unit="s", example="1s"
    )
    message_frequency: int | None = field(Integer(1), "One of so many messages is taken.", example=10)
    steps: list[Step] = field(Steps(), "What runs for the messages that are taken.", default=[])

    resumes = False
    """Whether it goes on from inside `steps`, so that the message was taken."""

    def compile(self, compiler: Compiler) -> Compiled:
        steps = compiler.block(self.steps)
        if self.resumes:
            return steps
        if self.message_frequency is not None:
            is_taken = _one_of(self.message_frequency)
        else:
            is_taken = _one_in(1.0 if self.sample_period is None else self.sample_period, compiler.clock)
        if not self.steps:

            def stop(exchange: Exchange) -> None:
                if not is_taken():
                    raise StopRun

            return stop

        def run(exchange: Exchange) -> Awaitable[None] | None:
            return steps(exchange) if is_taken() else None

        return run

    def resumed(self, inside: Resuming) -> "Sample | None":
        rest = inside.rest(self.steps)
        return changed(self, steps=rest, resumes=True) if rest else None

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if element.sample_period is not None and element.message_frequency is not None:
            return [
                ("messageFrequency", "messages are taken by `samplePeriod` or `messageFrequency`: keep one of the two")
            ]
        if element.sample_period == 0:
            return [("samplePeriod", "every message would be taken: give a time")]
        return []


def _one_of(frequency: int) -> Callable[[], bool]:
    count = 0

    def is_taken() -> bool:
        nonlocal count
        count = (count + 1) % frequency
        return count == 0

    return is_taken


def _one_in(period: float, clock: Clock) -> Callable[[], bool]:
    again: float | None = None

    def is_taken() -> bool:
        nonlocal again
        now = clock.monotonic()
        if again is not None and now < again:
            return False
        again = now + period
        return True

    return is_taken
