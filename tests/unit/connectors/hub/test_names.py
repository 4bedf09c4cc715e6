import re

import pytest

from airdock.connectors.hub.names import Channel, channel_of, check_name, client_of, own_client, reader_word, space_of
from airdock.errors import FlowError


@pytest.mark.parametrize("name", ["a", "orders.new", "Orders_2-x", "9"])
def test_names(name: str) -> None:
    assert check_name("a topic", name) == name


@pytest.mark.parametrize("name", ["", ".a", "-a", "a b", "a/b", "a*", "a>", "ö", "a" * 101, "a\n"])
def test_names_that_nothing_may_have(name: str) -> None:
    with pytest.raises(FlowError) as caught:
        check_name("a topic", name)
    assert caught.value.code == "hub.name"


@pytest.mark.parametrize("space", ["", "ann", "ö/r= ."])
@pytest.mark.parametrize("kind", ["topic", "queue"])
def test_stream_tells_what_it_is_for(space: str, kind: str) -> None:
    channel = Channel(space, "topic" if kind == "topic" else "queue", "orders.new-2_x")
    assert channel_of(channel.stream) == channel
    assert not set(channel.stream) & set(" .*>/\\")
    assert len(channel.subject.split(".")) == 4


@pytest.mark.parametrize("stream", ["ORDERS", "KV_x", "airdock=other=_=a", "airdock=topic"])
def test_streams_of_others(stream: str) -> None:
    assert channel_of(stream) is None


def test_client_and_its_consumer() -> None:
    assert client_of(reader_word("shop.billing")) == "shop.billing"
    assert "." not in reader_word("shop.billing")


@pytest.mark.parametrize(
    ("listener", "client"),
    [
        ("shop/orders.listener", "shop.orders"),
        ("~ann/shop/orders.listener", "shop.orders"),
        ("shop/new orders.listener", "shop.new_20orders"),
    ],
)
def test_client_of_a_listener(listener: str, client: str) -> None:
    assert own_client(listener) == client


def test_client_of_a_listener_with_a_long_path_is_short() -> None:
    clients = {own_client(f"{'a' * 200}/{number}.listener") for number in range(3)}
    assert all(re.fullmatch(r"[\w.-]{1,100}", client) for client in clients)
    assert len(clients) == 3


def test_space_of_a_path() -> None:
    assert (space_of("shop/a.flow"), space_of("~ann/shop/a.flow")) == ("", "ann")
