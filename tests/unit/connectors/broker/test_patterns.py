import pytest

from airdock.connectors.broker.patterns import amqp_matches, mqtt_matches


@pytest.mark.parametrize(
    ("pattern", "topic", "expected"),
    [
        ("a.b", "a.b", True),
        ("a.*", "a.b", True),
        ("a.*", "a", False),
        ("a.*", "a.b.c", False),
        ("a.#", "a", True),
        ("a.#", "a.b.c", True),
        ("a.#", "ab", False),
        ("#", "", True),
        ("#.z", "z", True),
        ("#.z", "a.b.z", True),
        ("a.#.z", "a.z", True),
        ("a.#.z", "a.b.y", False),
        ("a+c", "abc", False),
    ],
)
def test_amqp(pattern: str, topic: str, expected: bool) -> None:
    assert amqp_matches(pattern, topic) is expected


@pytest.mark.parametrize(
    ("pattern", "topic", "expected"),
    [
        ("a/+/c", "a/b/c", True),
        ("a/+", "a/b/c", False),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("#", "a/b", True),
        ("#", "$SYS/uptime", False),
        ("$SYS/#", "$SYS/uptime", True),
        ("+", "", True),
        ("a.b", "axb", False),
    ],
)
def test_mqtt(pattern: str, topic: str, expected: bool) -> None:
    assert mqtt_matches(pattern, topic) is expected
