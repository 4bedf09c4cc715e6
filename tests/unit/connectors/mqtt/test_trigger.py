from typing import Any

import pytest

from airdock.connectors.mqtt.connection import MqttConnection
from airdock.connectors.mqtt.trigger import MqttTrigger
from tests.unit.connectors.opening import ConnectedFlows

LISTENER = {"trigger": "mqtt", "steps": [{"type": "output", "message": "x"}]}


def test_each_listener_is_a_client_of_its_own() -> None:
    trigger = MqttTrigger(connection="p/m.connection", topics=["a", "b/#"])
    one, other = trigger.subscription("p/one.listener"), trigger.subscription("p/other.listener")
    assert one.topics == ("a", "b/#")
    assert one.client_id != other.client_id
    assert one == trigger.subscription("p/one.listener")
    grouped = MqttTrigger(connection="p/m.connection", topics=["a"], client_id="c", group="g").subscription("p/one")
    assert grouped.client_id.startswith("c-")
    assert grouped.group == "g"


@pytest.mark.parametrize("topic", ["a/#/b", "a+/b", "a/b#", "$share/g/a"])
def test_topics_that_are_none(connected: ConnectedFlows, topic: str) -> None:
    connected.write("p/m.connection", {"type": "mqtt", "url": "mqtt://host"})
    connected.write("p/l.listener", {**LISTENER, "params": {"connection": "/p/m.connection", "topics": [topic]}})
    assert any("topics" in each or "group" in each for each in connected.problems([]))


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"url": "mqtt://user@host"}, "an address such as"),
        ({"url": "mqtt://host:x"}, "port"),
        ({"url": "mqtt://host", "tls": {}}, "mqtts"),
        ({"url": "mqtt://host", "password": {"secret": "p"}}, "belongs to `user`"),
    ],
)
def test_connections_that_are_none(connected: ConnectedFlows, fields: dict[str, Any], problem: str) -> None:
    connected.write("p/m.connection", {"type": "mqtt", **fields})
    assert any(problem in each for each in connected.problems([]))


def test_addresses() -> None:
    assert [MqttConnection(url=url).port for url in ("mqtt://h", "mqtts://h", "mqtt://h:5")] == [1883, 8883, 5]


def test_a_queue_and_a_delay_are_refused(connected: ConnectedFlows) -> None:
    connected.write("p/m.connection", {"type": "mqtt", "url": "mqtt://host"})
    step = {"type": "publish", "connection": "/p/m.connection"}
    assert "has nothing for `queue`" in connected.problems([{**step, "queue": "q"}])[0]
    assert "has nothing for `delay`" in connected.problems([{**step, "topic": "q", "delay": "1s"}])[0]
