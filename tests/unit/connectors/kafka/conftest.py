from collections.abc import Iterator

import pytest

from tests.kafka import KafkaCluster, kafka_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[KafkaCluster]:
    """One for all tests; those that take it away give it back."""
    with kafka_cluster() as cluster:
        yield cluster
