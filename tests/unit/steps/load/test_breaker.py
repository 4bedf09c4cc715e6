from collections import deque

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from airdock.steps.load.breaker import Breaker, BreakerSettings
from airdock.steps.load.outcome_windows import CountWindow

WINDOW, MINIMUM, PERMITTED, WAIT = 4, 3, 2, 10.0


class Machine(RuleBasedStateMachine):
    """Calls come and end in any order; a plain model says what the breaker must do."""

    calls = Bundle("calls")

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.changes: list[str] = []
        self.breaker = Breaker(
            BreakerSettings(lambda: CountWindow(WINDOW), MINIMUM, 50.0, 5.0, 100.0, WAIT, PERMITTED),
            lambda breaker: self.changes.append(breaker.state),
        )
        self.state, self.opened, self.era, self.out = "closed", 0.0, 0, 0
        self.window: deque[tuple[bool, bool]] = deque(maxlen=WINDOW)
        self.eras: dict[int, int] = {}

    def become(self, state: str) -> None:
        self.state = state
        self.era += 1
        self.out = 0
        self.window = deque(maxlen=PERMITTED if state == "halfOpen" else WINDOW)

    @rule(seconds=st.sampled_from([0.0, 1.0, 9.5, 10.0, 20.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(target=calls)
    def begin(self) -> object:
        permit = self.breaker.permit(self.now)
        if self.state == "open" and self.now >= self.opened + WAIT:
            self.become("halfOpen")
        if self.state == "open" or (self.state == "halfOpen" and self.out + len(self.window) >= PERMITTED):
            assert permit == 0
            return multiple()
        assert permit
        if self.state == "halfOpen":
            self.out += 1
        return permit, self.era

    @rule(call=consumes(calls), failed=st.booleans(), seconds=st.sampled_from([1.0, 5.0, 6.0]))
    def end(self, call: tuple[int, int], failed: bool, seconds: float) -> None:
        permit, era = call
        self.breaker.record(permit, failed, seconds, self.now)
        if era != self.era:
            return
        self.out -= self.state == "halfOpen"
        self.window.append((failed, seconds > 5))
        least = min(MINIMUM, PERMITTED) if self.state == "halfOpen" else MINIMUM
        if len(self.window) < least:
            return
        failures, slow = (sum(each) / len(self.window) for each in zip(*self.window, strict=True))
        if failures >= 0.5 or slow == 1:
            self.become("open")
            self.opened = self.now
        elif self.state == "halfOpen":
            self.become("closed")

    @rule(call=consumes(calls))
    def cut_off(self, call: tuple[int, int]) -> None:
        permit, era = call
        self.breaker.forgive(permit)
        if era == self.era and self.state == "halfOpen":
            self.out -= 1

    @invariant()
    def it_is_what_the_model_says(self) -> None:
        assert self.breaker.state == self.state
        assert len(self.changes) == self.era


TestBreaker = Machine.TestCase
TestBreaker.settings = settings(max_examples=300, stateful_step_count=40)
