"""A cluster of Kafka for tests: the one that librdkafka has for tests of clients, on sockets of its own.

It speaks the protocol of Kafka (records, consumer groups, offsets) and keeps what it has in memory.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PRODUCE, JOIN_GROUP = 0, 11
"""Numbers of requests, for `refuse`."""

_BROKER = 1


class KafkaCluster:
    """A cluster of one broker, which may be taken away and given back with all that it has.

    Attributes:
        server: `host:port` of the broker.
    """

    def __init__(self, library: Any) -> None:
        self._library = library
        error = ctypes.create_string_buffer(512)
        self._handle = library.rd_kafka_new(0, None, error, len(error))
        assert self._handle, error.value
        self._cluster = library.rd_kafka_mock_cluster_new(self._handle, 1)
        self.server = library.rd_kafka_mock_cluster_bootstraps(self._cluster).decode()
        library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, 0)

    def topic(self, name: str, partitions: int) -> str:
        """Makes a topic; others are made with four partitions when they are first named."""
        code = self._library.rd_kafka_mock_topic_create(self._cluster, name.encode(), partitions, 1)
        assert code == 0, code
        return name

    def no_topic(self, name: str) -> str:
        """A topic that is not there, and is not made."""
        self._library.rd_kafka_mock_topic_set_error(self._cluster, name.encode(), 3)
        return name

    def take_away(self) -> None:
        """Whoever is connected is cut off, and nobody is let in."""
        self._library.rd_kafka_mock_broker_set_down(self._cluster, _BROKER)

    def give_back(self) -> None:
        self._library.rd_kafka_mock_broker_set_up(self._cluster, _BROKER)

    def refuse(self, request: int, *codes: int) -> None:
        """The next requests of a kind are answered with these codes of errors."""
        errors = (ctypes.c_int * len(codes))(*codes)
        self._library.rd_kafka_mock_push_request_errors_array(self._cluster, request, len(codes), errors)

    def is_at(self, host: str, port: int) -> None:
        """Clients are told that the broker is there, such as behind a proxy."""
        self._library.rd_kafka_mock_broker_set_host_port(self._cluster, _BROKER, host.encode(), port)

    def close(self) -> None:
        self._library.rd_kafka_mock_cluster_destroy(self._cluster)
        self._library.rd_kafka_destroy(self._handle)


@contextmanager
def kafka_cluster() -> Iterator[KafkaCluster]:
    """A cluster that runs; the test is skipped where there is no librdkafka."""
    cluster = KafkaCluster(_library())
    try:
        yield cluster
    finally:
        cluster.close()


def _library() -> Any:
    """The library, as the package `confluent-kafka` brings it."""
    package = pytest.importorskip("confluent_kafka", reason="no Kafka broker: confluent-kafka is not installed")
    folder = Path(package.__file__).parent
    found = [*folder.parent.glob("confluent_kafka.libs/librdkafka-*"), *folder.glob(".dylibs/librdkafka*")]
    if not found:
        pytest.skip("no Kafka broker: confluent-kafka brings no librdkafka here")
    library = ctypes.CDLL(str(found[0]))
    for name in ("rd_kafka_new", "rd_kafka_mock_cluster_new"):
        getattr(library, name).restype = ctypes.c_void_p
    library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, arguments in {
        "rd_kafka_new": [number, pointer, text, ctypes.c_size_t],
        "rd_kafka_destroy": [pointer],
        "rd_kafka_mock_cluster_new": [pointer, number],
        "rd_kafka_mock_cluster_destroy": [pointer],
        "rd_kafka_mock_cluster_bootstraps": [pointer],
        "rd_kafka_mock_group_initial_rebalance_delay_ms": [pointer, ctypes.c_int32],
        "rd_kafka_mock_topic_create": [pointer, text, number, number],
        "rd_kafka_mock_topic_set_error": [pointer, text, number],
        "rd_kafka_mock_broker_set_down": [pointer, ctypes.c_int32],
        "rd_kafka_mock_broker_set_up": [pointer, ctypes.c_int32],
        "rd_kafka_mock_broker_set_host_port": [pointer, ctypes.c_int32, text, number],
        "rd_kafka_mock_push_request_errors_array": [pointer, ctypes.c_int16, ctypes.c_size_t, pointer],
    }.items():
        getattr(library, name).argtypes = arguments
    return library
