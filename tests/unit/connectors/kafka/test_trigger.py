from typing import Any

import pytest

from airdock.connectors.kafka.connection import KafkaConnection
from airdock.connectors.kafka.trigger import KafkaTrigger, Subscription, has_pattern, pattern_of
from tests.kafka import KafkaCluster
from tests.unit.connectors.opening import ConnectedFlows

LISTENER = {"trigger": "kafka", "steps": [{"type": "output", "message": "x"}]}


def test_each_listener_is_a_group_of_its_own() -> None:
    trigger = KafkaTrigger(connection="p/k.connection", topics=["a", "b.*"])
    assert trigger.subscription("p/one.listener") == Subscription(("a", "b.*"), "airdock.p.one")
    named = KafkaTrigger(
        connection="p/k.connection", topics=["a"], group="g", start_from="latest", order="partition"
    ).subscription("p/one.listener")
    assert (named.group, named.earliest, named.by_partition) == ("g", False, True)


def test_patterns_are_regular_expressions_for_the_client() -> None:
    assert pattern_of(("shop.*", "a.b")) == r"shop\..*|a\.b"
    assert [has_pattern(topics) for topics in (("a",), ("a", "*"))] == [False, True]


@pytest.mark.parametrize("topics", [[], ["a b"], ["a/#"], [""]])
def test_topics_that_are_none(connected: ConnectedFlows, topics: list[str]) -> None:
    connected.write("p/k.connection", {"type": "kafka", "servers": ["host:9092"]})
    connected.write("p/l.listener", {**LISTENER, "params": {"connection": "/p/k.connection", "topics": topics}})
    assert any("topics" in each for each in connected.problems([]))


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"servers": []}, "servers"),
        ({"servers": ["kafka://host:9092"]}, "host:port"),
        ({"servers": ["host"]}, "host:port"),
        ({"servers": ["host:99999"]}, "port"),
        ({"user": "shop"}, "go together"),
        ({"password": {"secret": "p"}}, "go together"),
        ({"acks": "1"}, "idempotent: false"),
        ({"mechanism": "gssapi"}, "scram-sha-512"),
        ({"compression": "zip"}, "gzip"),
    ],
)
def test_connections_that_are_none(connected: ConnectedFlows, fields: dict[str, Any], problem: str) -> None:
    connected.write("p/k.connection", {"type": "kafka", "servers": ["host:9092"], **fields})
    assert any(problem in each for each in connected.problems([]))


@pytest.mark.parametrize("server", ["kafka1.example.com:9093", "10.0.0.1:9092", "[::1]:9092"])
def test_addresses(connected: ConnectedFlows, server: str) -> None:
    connected.write("p/k.connection", {"type": "kafka", "servers": [server], "tls": {}})
    assert connected.problems([]) == []
    (endpoint,) = KafkaConnection(servers=[server], tls=None).endpoints()
    assert (endpoint.protocol, endpoint.host) == ("kafka", server)


def test_what_kafka_lacks_is_refused(connected: ConnectedFlows) -> None:
    connected.write("p/k.connection", {"type": "kafka", "servers": ["host:9092"]})
    step = {"type": "publish", "connection": "/p/k.connection"}
    assert "has nothing for `queue`" in connected.problems([{**step, "queue": "q"}])[0]
    assert "has nothing for `delay`" in connected.problems([{**step, "topic": "q", "delay": "1s"}])[0]
    assert "has nothing for `request`" in connected.problems([{**step, "topic": "q", "request": True}])[0]


async def test_a_flow_learns_where_its_message_is(connected: ConnectedFlows, cluster: KafkaCluster) -> None:
    connected.write("p/k.connection", {"type": "kafka", "servers": [cluster.server]})
    step = {"type": "publish", "connection": "/p/k.connection", "topic": cluster.topic("receipts", 4), "partition": 2}
    shown = {"type": "respond", "body": {"where": "${properties.where}", "body": "${body}"}}
    for offset in range(2):
        result = await connected.run([{**step, "result": "where"}, shown], "POST", json=7)
        assert result.json() == {"where": {"topic": "receipts", "partition": 2, "offset": offset}, "body": 7}
    assert (await connected.run([step, shown], "POST", json=7)).json() == {"where": None, "body": 7}
