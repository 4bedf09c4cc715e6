from typing import Any

import pytest

from airdock.connectors.rabbitmq.connection import RabbitConnection
from airdock.connectors.rabbitmq.fake import FakeRabbit
from tests.unit.connectors.opening import ConnectedFlows

PUBLISH = {"type": "publish", "connection": "/p/r.connection"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("amqp://host", ("host", 5672, "/", False)),
        ("amqps://host/shop", ("host", 5671, "shop", True)),
        ("amqp://[::1]:5/a%2Fb", ("::1", 5, "a/b", False)),
        ("amqp://host/", ("host", 5672, "/", False)),
    ],
)
def test_addresses(url: str, expected: Any) -> None:
    connection = RabbitConnection(url=url)
    assert (connection.host, connection.port, connection.virtual_host, connection.secure) == expected


def test_its_fake() -> None:
    assert isinstance(RabbitConnection(url="amqp://host").fake(), FakeRabbit)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"url": "amqp://user:secret@host"}, "an address such as"),
        ({"url": "amqp://host:99999"}, "the port"),
        ({"url": "amqp://host", "tls": {}}, "amqps"),
        ({"url": "amqps://host", "tls": {"certificate": "/p/c.pem"}}, "go together"),
        ({"url": "amqp://host", "exchangeType": "headers"}, "headers"),
    ],
)
def test_problems(connected: ConnectedFlows, fields: dict[str, Any], problem: str) -> None:
    connected.write("p/r.connection", {"type": "rabbitmq", **fields})
    assert any(problem in each for each in connected.problems([]))


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"queue": "q", "partition": 1}, "has nothing for `partition`"),
        ({"queue": "q", "delay": "1s", "expiration": "2s"}, "do not go together"),
        ({"queue": "q", "delay": "1s", "request": True}, "do not go together"),
    ],
)
def test_what_it_cannot_do(connected: ConnectedFlows, fields: dict[str, Any], problem: str) -> None:
    connected.write("p/r.connection", {"type": "rabbitmq", "url": "amqp://host"})
    assert problem in connected.problems([{**PUBLISH, **fields}])[0]
