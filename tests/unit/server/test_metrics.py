"""Metrics in the Prometheus text format."""

from collections.abc import Mapping, Sequence

from prometheus_client.parser import text_string_to_metric_families

from airdock.runlog import BOUNDS, FlowCounters
from airdock.server.metrics import AirdockCollector, metrics_text

ODD = 'p/a "quoted" \\ name\n.flow'


def buckets(*counts: int) -> tuple[int, ...]:
    return counts + (0,) * (len(BOUNDS) + 1 - len(counts))


class FakeCounts:
    def counters(self) -> Sequence[FlowCounters]:
        return [
            FlowCounters("p/a.flow", "failed", 2, 0.5, buckets(0, 2)),
            FlowCounters("p/a.flow", "ok", 10, 1.5, buckets(9, 0, 1)),
            FlowCounters(ODD, "ok", 1, 99.0, (*buckets()[:-1], 1)),
        ]

    def in_flight(self) -> Mapping[str, int]:
        return {"p/a.flow": 3}

    def dropped(self) -> Mapping[str, int]:
        return {"p/a.flow": 4}

    def states(self) -> Mapping[tuple[str, str, str], int]:
        return {("p/a.flow", "bank", "open"): 2}


def samples() -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    connections = [("p/crm.connection", "http", "open")]
    collector = AirdockCollector(FakeCounts(), lambda: ["enabled", "enabled", "failed"], lambda: connections)
    text = metrics_text(collector).decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_runs_are_counted_by_flow_and_outcome() -> None:
    found = samples()
    assert found["airdock_runs_total", (("flow", "p/a.flow"), ("outcome", "ok"))] == 10
    assert found["airdock_runs_total", (("flow", "p/a.flow"), ("outcome", "failed"))] == 2


def test_names_are_escaped() -> None:
    assert samples()["airdock_runs_total", (("flow", ODD), ("outcome", "ok"))] == 1


def test_durations_are_a_cumulative_histogram_over_both_outcomes() -> None:
    found = samples()
    name = "airdock_run_duration_seconds"
    assert found[f"{name}_bucket", (("flow", "p/a.flow"), ("le", "0.0005"))] == 9
    assert found[f"{name}_bucket", (("flow", "p/a.flow"), ("le", "0.001"))] == 11
    assert found[f"{name}_bucket", (("flow", "p/a.flow"), ("le", "+Inf"))] == 12
    assert found[f"{name}_count", (("flow", "p/a.flow"),)] == 12
    assert found[f"{name}_sum", (("flow", "p/a.flow"),)] == 2.0
    assert found[f"{name}_bucket", (("flow", ODD), ("le", "30.0"))] == 0
    assert found[f"{name}_bucket", (("flow", ODD), ("le", "+Inf"))] == 1


def test_each_connection_has_a_state() -> None:
    labels = (("connection", "p/crm.connection"), ("state", "open"), ("type", "http"))
    assert samples()["airdock_connection_state", labels] == 1


def test_circuit_breakers_are_counted_by_state() -> None:
    labels = (("flow", "p/a.flow"), ("state", "open"), ("step", "bank"))
    assert samples()["airdock_circuit_breakers", labels] == 2


def test_what_is_in_flight_dropped_and_enabled() -> None:
    found = samples()
    assert found["airdock_runs_in_flight", (("flow", "p/a.flow"),)] == 3
    assert found["airdock_run_records_dropped_total", (("flow", "p/a.flow"),)] == 4
    assert found["airdock_flows", (("state", "enabled"),)] == 2
    assert found["airdock_flows", (("state", "failed"),)] == 1
    assert any(name == "airdock_build_info" for name, _ in found)
