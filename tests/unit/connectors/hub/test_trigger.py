from typing import Any

import pytest

from airdock.connectors.hub.memory import MemoryHub
from airdock.connectors.hub.message import Outgoing
from airdock.connectors.hub.names import Channel
from airdock.connectors.hub.trigger import MessageTrigger
from airdock.connectors.links import Links
from airdock.engine.clock import LoopClock
from airdock.spec.trigger import Listening, Source


class Surroundings:
    """Where a listener stands."""

    def __init__(self, hub: MemoryHub, name: str, space: str = "") -> None:
        self.links = Links(LoopClock(), hub=hub)
        self.name = name
        self.clock = self.links.clock
        self.stores: Any = None
        self._space = space

    connection: Any = None
    declaration: Any = None

    def hub(self) -> Any:
        return self.links.hub_link(self._space)


def source(trigger: MessageTrigger, hub: MemoryHub, name: str = "shop/a.listener", space: str = "") -> Source:
    listening: Listening = Surroundings(hub, name, space)
    return trigger.source(listening)


@pytest.mark.parametrize(
    ("params", "right"),
    [
        ({}, False),
        ({"topic": "a", "queue": "b"}, False),
        ({"queue": "b", "client": "c"}, False),
        ({"topic": "a"}, True),
        ({"topic": "a", "client": "c"}, True),
        ({"queue": "b"}, True),
    ],
)
def test_a_topic_or_a_queue(params: dict[str, Any], right: bool) -> None:
    assert bool(MessageTrigger.check(MessageTrigger(**params))) is not right


async def test_message_of_a_topic_reaches_each_listener_that_is_a_client_of_its_own() -> None:
    hub = MemoryHub()
    for name in ("shop/a.listener", "shop/b.listener"):
        async with source(MessageTrigger(topic="orders"), hub, name).open(1):
            pass
    await hub.send(Channel("", "topic", "orders"), Outgoing(b"1"))
    for name in ("shop/a.listener", "shop/b.listener"):
        async with source(MessageTrigger(topic="orders"), hub, name).open(1) as arrivals:
            assert (await anext(arrivals)).body == b"1"


async def test_listeners_that_name_one_client_share_messages() -> None:
    hub = MemoryHub()
    trigger = MessageTrigger(topic="orders", client="billing")
    async with source(trigger, hub).open(1) as first, source(trigger, hub, "shop/b.listener").open(1) as second:
        for content in (b"1", b"2"):
            await hub.send(Channel("", "topic", "orders"), Outgoing(content))
        assert {(await anext(first)).body, (await anext(second)).body} == {b"1", b"2"}


async def test_listener_of_a_sandbox_hears_its_own_messages_only() -> None:
    hub = MemoryHub()
    await hub.send(Channel("", "queue", "invoices"), Outgoing(b"theirs"))
    await hub.send(Channel("ann", "queue", "invoices"), Outgoing(b"mine"))
    async with source(MessageTrigger(queue="invoices"), hub, "~ann/shop/a.listener", "ann").open(1) as arrivals:
        assert (await anext(arrivals)).body == b"mine"
