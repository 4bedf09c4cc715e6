from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Boolean, Choice, Duration, Integer, ListOf, Number, Steps, Text
from airdock.spec.step import Compiled, Compiler, Resuming, Step, changed
from airdock.steps.load.breaker import BreakerSettings
from airdock.steps.load.circuit_guard import CircuitGuard
from airdock.steps.load.outcome_windows import CountWindow, OutcomeWindow, TimeWindow


class CircuitBreaker(Step):
    """Stops calling what fails too often, and lets it recover: Camel's circuit breaker, with resilience4j's options.

    *Closed*, it runs its `steps` and notes how they end. When in the sliding window the share of those that failed
    reaches `failureRateThreshold`, or that of slow ones `slowCallRateThreshold`, it *opens*: for
    `waitDurationInOpenState` the steps do not run. Then, *half-open*, it lets
    `permittedNumberOfCallsInHalfOpenState` messages through; how these end closes it, or opens it again.

    When the steps fail, or the breaker does not let them run, `onFallback` runs, and the flow goes on behind the
    breaker; there `error` is the error. Without `onFallback` the error is raised: that of the steps, or
    `circuitBreaker.open`, for an HTTP caller status 503 with `Retry-After`.

    An error that `ignore` takes counts neither as a failure nor as a success; one that `on` does not take counts as
    a success. Both are raised as if there were no breaker. A run that is cut off counts as nothing. What began before
    the state changed does not count after it.

    Each process has a state of its own, as it sees the service itself; a new version of the flow begins closed. The
    metric `airdock_circuit_breakers` and the log tell the states.
    """

    type = "circuitBreaker"
    group = "timing and load"
    stateful = True
    waits = True
    example = {
        "type": "circuitBreaker",
        "failureRateThreshold": 50,
        "slidingWindowSize": 20,
        "minimumNumberOfCalls": 10,
        "waitDurationInOpenState": "30s",
        "timeoutDuration": "2s",
        "steps": [{"type": "flow", "module": "/shop/price.flow"}],
        "onFallback": [{"type": "set", "body": {"price": None}}],
    }

    steps: list[Step] = field(Steps(1), "What is protected.", default=REQUIRED)
    on_fallback: list[Step] = field(
        Steps(), "What runs when the steps fail, or are not run; `error` is the error.", default=[]
    )
    failure_rate_threshold: float = field(
        Number(0.001, 100), "It opens when so much of the calls failed.", default=50.0, unit="%", example=50
    )
    sliding_window_type: str = field(
        Choice(("count", "time")), "Whether the window is the last calls or the last seconds.", default="count"
    )
    sliding_window_size: int = field(
        Integer(1, 100_000), "How many calls, or seconds, the window holds.", default=100, example=20
    )
    minimum_number_of_calls: int = field(
        Integer(1, 100_000),
        "With fewer calls in the window it does not open; at most the window's size, and half-open at most the calls"
        " that are permitted then.",
        default=100,
        example=10,
    )
    wait_duration_in_open_state: float = field(
        Duration(), "How long it stays open.", default=60.0, unit="s", example="30s"
    )
    permitted_number_of_calls_in_half_open_state: int = field(
        Integer(1, 100_000), "So many calls are let through half-open, and no more until they are judged.", default=10
    )
    slow_call_duration_threshold: float = field(
        Duration(), "A call that takes longer is slow.", default=60.0, unit="s", example="2s"
    )
    slow_call_rate_threshold: float = field(
        Number(0.001, 100), "It opens when so much of the calls were slow.", default=100.0, unit="%", example=80
    )
    automatic_transition_from_open_to_half_open: bool = field(
        Boolean(), "It becomes half-open by itself when the wait is over, not only with the next call.", default=False
    )
    timeout_duration: float | None = field(
        Duration(),
        "The steps are cut off after this time, which is an error `circuitBreaker.timeout`.",
        unit="s",
        example="2s",
    )
    on: list[str] = field(
        ListOf(Text()), "Error codes or globs that count as failures; all if left out.", example=["http.5xx", "timeout"]
    )
    ignore: list[str] = field(
        ListOf(Text()), "Error codes or globs that count as nothing.", default=[], example=["order.unknown"]
    )

    def compile(self, compiler: Compiler) -> Compiled:
        guard = CircuitGuard(
            self._settings,
            compiler.guarded(self.steps),
            compiler.block(self.on_fallback) if self.on_fallback else None,
            name=compiler.space(self),
            clock=compiler.clock,
            on=self.on,
            ignore=self.ignore,
            timeout=self.timeout_duration,
            automatic=self.automatic_transition_from_open_to_half_open,
        )
        compiler.watch(self, lambda: guard.state)
        return guard.run

    @property
    def _settings(self) -> BreakerSettings:
        kind, size = (CountWindow if self.sliding_window_type == "count" else TimeWindow), self.sliding_window_size
        least = self.minimum_number_of_calls

        def window() -> OutcomeWindow:
            return kind(size)

        return BreakerSettings(
            window=window,
            minimum=min(least, size) if kind is CountWindow else least,
            failure_rate=self.failure_rate_threshold,
            slow_seconds=self.slow_call_duration_threshold,
            slow_rate=self.slow_call_rate_threshold,
            wait=self.wait_duration_in_open_state,
            permitted=self.permitted_number_of_calls_in_half_open_state,
        )

    def resumed(self, inside: Resuming) -> "CircuitBreaker | None":
        if rest := inside.rest(self.steps):
            return changed(self, steps=rest)
        if rest := inside.rest(self.on_fallback):
            return changed(self, steps=rest, on_fallback=[])
        return None

    @classmethod
    def check(cls, element: "CircuitBreaker") -> list[tuple[str, str]]:
        if element.timeout_duration == 0:
            return [("timeoutDuration", "no step is done within no time")]
        return []
