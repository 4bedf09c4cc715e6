"""The hub as JavaScript modules have it by `service/messaging`."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from airdock.connectors.hub.hub import MOST, Hub
from airdock.connectors.hub.message import ChannelInfo, Outgoing, Peeked
from airdock.connectors.hub.names import Channel, check_name
from airdock.errors import FlowError

CLIENTS = "_clients"
"""The topic by whose subscriptions registered clients are known; no author's topic can be called so."""
_SUBJECT, _SENDER = "subject", "sender"


class Messaging:
    """Answers the calls of `airdock.scripts.javascript.host.Host` that are about messages.

    What a script receives counts as worked off then: it is not given again, also when the script fails later.
    """

    def __init__(self, hub: Hub, space: str) -> None:
        """`space`: whose sandbox the scripts are in; empty for the registry."""
        self._hub = hub
        self._space = space
        self._calls: dict[str, Callable[..., Awaitable[Any]]] = {
            "registerClient": self._register_client,
            "registerTopic": self._register_topic,
            "isClientExists": self._client_exists,
            "isTopicExists": self._topic_exists,
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "send": self._send,
            "receive": self._receive,
            "receiveByTopic": self._receive_by_topic,
        }

    async def call(self, name: str, arguments: list[Any]) -> Any:
        """
        Raises:
            FlowError: `hub.name` and so on; `script.error`, there is no such call.
        """
        called = self._calls.get(name.removeprefix("messaging."))
        if called is None:
            raise FlowError("script.error", f"there is no call {name!r:.80}")
        return await called(*map(str, arguments))

    async def _register_client(self, client: str) -> None:
        await self._hub.subscribe(self._topic(CLIENTS), check_name("a client", client))

    async def _register_topic(self, topic: str) -> None:
        await self._hub.make(self._named(topic))

    async def _client_exists(self, client: str) -> bool:
        return any(each.client == client for info in await self._topics() for each in info.subscriptions)

    async def _topic_exists(self, topic: str) -> bool:
        return any(info.name == topic for info in await self._topics())

    async def _subscribe(self, client: str, topic: str) -> None:
        await self._hub.subscribe(self._named(topic), check_name("a client", client))

    async def _unsubscribe(self, client: str, topic: str) -> None:
        await self._hub.unsubscribe(self._named(topic), check_name("a client", client))

    async def _send(self, client: str, topic: str, subject: str, body: str) -> None:
        own = {_SENDER: check_name("a client", client), _SUBJECT: subject}
        headers = {name: value for name, value in own.items() if value}
        await self._hub.send(self._named(topic), Outgoing(body.encode(), _type_of(body), headers))

    async def _receive(self, client: str) -> list[dict[str, Any]]:
        check_name("a client", client)
        received: list[dict[str, Any]] = []
        for info in await self._topics():
            subscribed = any(each.client == client and each.pending for each in info.subscriptions)
            if subscribed and info.name != CLIENTS and len(received) < MOST:
                received += await self._received(client, self._topic(info.name))
        return received

    async def _receive_by_topic(self, client: str, topic: str) -> list[dict[str, Any]]:
        return await self._received(check_name("a client", client), self._named(topic))

    async def _received(self, client: str, topic: Channel) -> list[dict[str, Any]]:
        return [_shown(topic.name, peeked) for peeked in await self._hub.receive(topic, client)]

    async def _topics(self) -> list[ChannelInfo]:
        return [info for info in await self._hub.channels(self._space) if info.kind == "topic"]

    def _named(self, topic: str) -> Channel:
        return self._topic(check_name("a topic", topic))

    def _topic(self, name: str) -> Channel:
        return Channel(self._space, "topic", name)


def _shown(topic: str, peeked: Peeked) -> dict[str, Any]:
    message = peeked.message
    return {
        "id": message.id,
        "topic": topic,
        "subject": message.headers.get(_SUBJECT, ""),
        "body": message.content.decode(errors="replace"),
        "sender": message.headers.get(_SENDER, ""),
        "createdAt": int(peeked.at * 1000),
    }


def _type_of(body: str) -> str:
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return "text/plain; charset=utf-8"
    return "application/json"
