"""Metrics of listeners and dead letters."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from airdock.triggers.listener import ListenerState

_OUTCOMES = ("received", "succeeded", "failed", "redelivered", "duplicates", "dead")


class ListenerCollector(Collector):
    """Reads how things stand when it is asked; keeps nothing itself."""

    def __init__(self, states: Callable[[], Iterable[ListenerState]], letters: Callable[[], Mapping[str, int]]) -> None:
        """`states`: of the listeners of this node. `letters`: how many dead letters each listener has."""
        self._states = states
        self._letters = letters

    def describe(self) -> Iterator[Metric]:
        """Nothing: so that registering it reads nothing."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        standing = GaugeMetricFamily(
            "airdock_listener_state", "1 for the state of each listener.", labels=["listener", "trigger", "state"]
        )
        messages = CounterMetricFamily(
            "airdock_listener_messages", "What became of arrivals, by listener.", labels=["listener", "outcome"]
        )
        held = GaugeMetricFamily(
            "airdock_listener_messages_held", "Arrivals that are not accepted yet.", labels=["listener"]
        )
        for state in self._states():
            standing.add_metric([state.name, state.trigger, state.state], 1)
            held.add_metric([state.name], state.held)
            for outcome in _OUTCOMES:
                messages.add_metric([state.name, outcome], getattr(state, outcome))
        letters = GaugeMetricFamily("airdock_dead_letters", "Dead letters, by listener.", labels=["listener"])
        for listener, count in self._letters().items():
            letters.add_metric([listener], count)
        yield from (standing, messages, held, letters)
