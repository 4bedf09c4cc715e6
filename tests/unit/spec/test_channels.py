"""What connections and listeners tell of where they go."""

import pytest

from airdock.spec.channels import Endpoint, Heard, endpoint_of
from airdock.spec.connection import Connection
from airdock.spec.fields import field
from airdock.spec.kinds import ListOf, Text
from airdock.spec.trigger import Trigger


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("amqps://user:word@host:1/v", Endpoint("amqps", "host:1", "/v")),
        ("redis://host", Endpoint("redis", "host", "")),
        ("wss://a@b@host/x?token=1#f", Endpoint("wss", "host", "/x")),
    ],
)
def test_an_address_is_told_without_who_signs_in(url: str, endpoint: Endpoint) -> None:
    assert endpoint_of(url) == endpoint


def test_a_protocol_and_its_version_may_be_named() -> None:
    assert endpoint_of("mqtts://host", "secure-mqtt", version="5") == Endpoint("secure-mqtt", "host", "", "5")


class Ticker(Trigger):
    """A trigger that tells nothing."""

    trigger = "ticker"


class Chat(Trigger):
    """A trigger with topics, as one of a plugin may be."""

    trigger = "chat"
    topics: list[str] = field(ListOf(Text()), "Topics.", default=[])


def test_a_trigger_is_told_by_the_fields_that_are_called_as_channels_are() -> None:
    assert Ticker().heard() == [Heard("")]
    assert Chat(topics=["a", "b"]).heard() == [Heard("a", "topic"), Heard("b", "topic")]


def test_a_connection_tells_its_type_and_no_host() -> None:
    class Chatty(Connection):
        """A connection of a plugin."""

        type = "chatty"

    assert Chatty().endpoints() == [Endpoint("chatty")]
