"""Metrics in the Prometheus text format, from what all processes of the server count in the run log."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from airdock import __version__
from airdock.runlog import BOUNDS, FlowCounters

CONTENT_TYPE = "text/plain; version=0.0.4"
"""The framework adds the character set."""


class Counts(Protocol):
    """What is counted: a `airdock.runlog.RunStore` is one."""

    def counters(self) -> Sequence[FlowCounters]: ...
    def in_flight(self) -> Mapping[str, int]: ...
    def dropped(self) -> Mapping[str, int]: ...
    def states(self) -> Mapping[tuple[str, str, str], int]: ...


class Narrowed:
    """The counts of some flows."""

    def __init__(self, counts: Counts, shows: Callable[[str], bool]) -> None:
        """`shows` tells whether a flow is one of them."""
        self._counts = counts
        self._shows = shows

    def counters(self) -> Sequence[FlowCounters]:
        return [each for each in self._counts.counters() if self._shows(each.flow)]

    def in_flight(self) -> Mapping[str, int]:
        return {flow: count for flow, count in self._counts.in_flight().items() if self._shows(flow)}

    def dropped(self) -> Mapping[str, int]:
        return {flow: count for flow, count in self._counts.dropped().items() if self._shows(flow)}

    def states(self) -> Mapping[tuple[str, str, str], int]:
        return {key: count for key, count in self._counts.states().items() if self._shows(key[0])}


class AirdockCollector(Collector):
    """Reads the counts when it is asked for them; keeps none itself."""

    def __init__(
        self,
        counts: Counts,
        flow_states: Callable[[], Iterable[str]],
        connections: Callable[[], Iterable[tuple[str, str, str]]] = tuple,
    ) -> None:
        """`flow_states` lists the state of each flow descriptor, `connections` the name, type and state of each."""
        self._counts = counts
        self._flow_states = flow_states
        self._connections = connections

    def describe(self) -> Iterator[Metric]:
        """Nothing: so that registering it reads no counts."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        counters = self._counts.counters()
        yield self._runs(counters)
        yield self._durations(counters)
        yield self._in_flight()
        yield self._flows()
        yield self._dropped()
        yield self._breakers()
        yield self._connected()
        yield InfoMetricFamily("airdock_build", "The version of Airdock.", {"version": __version__})

    def _runs(self, counters: Sequence[FlowCounters]) -> Metric:
        runs = CounterMetricFamily("airdock_runs", "Runs that ended, by flow and outcome.", labels=["flow", "outcome"])
        for each in counters:
            runs.add_metric([each.flow, each.outcome], each.count)
        return runs

    def _durations(self, counters: Sequence[FlowCounters]) -> Metric:
        durations = HistogramMetricFamily("airdock_run_duration_seconds", "How long runs took.", labels=["flow"])
        for flow, outcomes in _by_flow(counters).items():
            buckets, total = [], 0
            bounds = [*(str(bound) for bound in BOUNDS), "+Inf"]
            for bound, *counts in zip(bounds, *(each.buckets for each in outcomes), strict=True):
                total += sum(counts)
                buckets.append((bound, total))
            durations.add_metric([flow], buckets, sum(each.seconds for each in outcomes))
        return durations

    def _in_flight(self) -> Metric:
        in_flight = GaugeMetricFamily("airdock_runs_in_flight", "Runs that began and have not ended.", labels=["flow"])
        for flow, count in sorted(self._counts.in_flight().items()):
            in_flight.add_metric([flow], count)
        return in_flight

    def _dropped(self) -> Metric:
        dropped = CounterMetricFamily(
            "airdock_run_records_dropped", "Runs that were counted and not kept.", labels=["flow"]
        )
        for flow, count in sorted(self._counts.dropped().items()):
            dropped.add_metric([flow], count)
        return dropped

    def _breakers(self) -> Metric:
        breakers = GaugeMetricFamily(
            "airdock_circuit_breakers", "Processes by the state of a circuit breaker.", labels=["flow", "step", "state"]
        )
        for (flow, step, state), count in self._counts.states().items():
            breakers.add_metric([flow, step, state], count)
        return breakers

    def _connected(self) -> Metric:
        connections = GaugeMetricFamily(
            "airdock_connection_state", "1 for the state of each connection.", labels=["connection", "type", "state"]
        )
        for name, kind, state in self._connections():
            connections.add_metric([name, kind, state], 1)
        return connections

    def _flows(self) -> Metric:
        flows = GaugeMetricFamily("airdock_flows", "Flow descriptors, by state.", labels=["state"])
        states = Counter({"enabled": 0, "failed": 0})
        states.update(self._flow_states())
        for state, count in sorted(states.items()):
            flows.add_metric([state], count)
        return flows


def metrics_text(*collectors: Collector) -> bytes:
    """Everything that these have, in the Prometheus text format."""
    registry = CollectorRegistry(auto_describe=False)
    for collector in collectors:
        registry.register(collector)
    return generate_latest(registry)


def _by_flow(counters: Iterable[FlowCounters]) -> dict[str, list[FlowCounters]]:
    flows: dict[str, list[FlowCounters]] = {}
    for each in counters:
        flows.setdefault(each.flow, []).append(each)
    return flows
