"""The message brokers that tests use; a test is skipped where one does not answer."""

import os
import socket

import pytest

RABBITMQ = os.environ.get("AIRDOCK_TEST_RABBITMQ", "127.0.0.1:5672")
REDIS = os.environ.get("AIRDOCK_TEST_REDIS", "127.0.0.1:6379")
MQTT = os.environ.get("AIRDOCK_TEST_MQTT", "127.0.0.1:1883")


def broker_at(address: str, what: str) -> tuple[str, int]:
    """Host and port of a broker that answers."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), 5).close()
    except OSError as error:
        pytest.skip(f"no {what} server answers: {error}")
    return host, int(port)
