"""Messages of the built-in hub: sent, looked at; topics, queues, and who reads them."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from litestar import delete, get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import HeaderParameter, PathParameter, QueryParameter, RawBody

from airdock.api.messages import ChannelInfo, ChannelKind, MessageInfo, SentMessage, SubscriptionInfo
from airdock.api.shapes import Page
from airdock.connectors.hub.hub import MOST as MOST_AT_ONCE
from airdock.connectors.hub.hub import MOST_BYTES
from airdock.connectors.hub.message import ChannelInfo as Told
from airdock.connectors.hub.message import Outgoing, Peeked
from airdock.connectors.hub.names import Channel, check_name
from airdock.identity import Action, Permission
from airdock.server.management.operations import Access, RawContent, operation
from airdock.server.management.paging import Cursor, Limit, page_of
from airdock.server.management.parameters import Call
from airdock.server.management.parts import Parts

READ = Access(Permission.MESSAGES_READ)
SEND = Access(Permission.MESSAGES_SEND)
TAG = "messages"
ANYTHING = RawContent("*/*", MOST_BYTES)

ChannelName = Annotated[str, PathParameter(max_length=100, description="Name of the topic, or of the queue.")]
OfKind = Annotated[ChannelKind, QueryParameter(description="`queue`: the name is that of a queue.")]
Client = Annotated[str, PathParameter(max_length=100, description="The subscribed client.")]
Key = Annotated[str, QueryParameter(max_length=500, description="Messages of one key are kept in order.")]
MessageId = Annotated[
    str | None,
    HeaderParameter(
        name="Message-Id", max_length=200, description="By which a second one is known as the same for two minutes."
    ),
]
From = Annotated[
    int | None,
    QueryParameter(
        name="from", ge=1, le=2**53, description="Number of the first message; the newest ones if left out."
    ),
]
Most = Annotated[int, QueryParameter(ge=1, le=MOST_AT_ONCE, description="How many at most.")]


def message_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """The hub of the registry; those of sandboxes are apart."""
    hub = parts.agent.runtime.links.hub

    @post(
        "/messages/{name:str}",
        **operation(
            "sendMessage",
            TAG,
            "Send a message to a topic or a queue",
            SEND,
            description="The body is the message's, with its content type. When this answers, the hub keeps it.",
            body=ANYTHING,
            status=202,
            problems=(503,),
            in_loop=True,
        ),
    )
    async def send_message(
        request: Call,
        name: ChannelName,
        body: RawBody,
        kind: OfKind = "topic",
        key: Key = "",
        message_id: MessageId = None,
    ) -> SentMessage:
        channel = _channel(kind, name)
        content_type = request.headers.get("content-type", "")
        sent = await hub.send(channel, Outgoing(body, content_type, {}, key, message_id or ""))
        parts.note(request, Action.MESSAGE_SEND, f"{kind} {name}", id=sent.id)
        return SentMessage(id=sent.id, sequence=sent.sequence, duplicate=sent.duplicate)

    @get(
        "/messages/{name:str}",
        **operation(
            "peekMessages",
            TAG,
            "Look at messages of a topic or a queue",
            READ,
            description="Nothing is taken away. `next` is the `from` of those behind.",
            problems=(503,),
            in_loop=True,
        ),
    )
    async def peek_messages(
        name: ChannelName, kind: OfKind = "topic", start: From = None, limit: Most = 20
    ) -> Page[MessageInfo]:
        found = await hub.peek(_channel(kind, name), start, limit)
        more = start is not None and len(found) == limit
        return Page([_message(each) for each in found], str(found[-1].sequence + 1) if more else None)

    @get(
        "/topics",
        **operation(
            "listTopics", TAG, "The topics and queues, and who reads them", READ, problems=(503,), in_loop=True
        ),
    )
    async def list_topics(limit: Limit = 50, cursor: Cursor = None) -> Page[ChannelInfo]:
        found = [_info(each) for each in await hub.channels("") if not each.name.startswith("_")]
        return page_of(found, lambda info: f"{info.name} {info.kind}", limit, cursor)

    @delete(
        "/topics/{name:str}/subscriptions/{client:str}",
        **operation(
            "removeSubscription",
            TAG,
            "End a client's subscription of a topic",
            SEND,
            description="What it was not given yet is lost to it.",
            status=204,
            problems=(503,),
            in_loop=True,
        ),
    )
    async def remove_subscription(request: Call, name: ChannelName, client: Client) -> None:
        channel = _channel("topic", name)
        if not await hub.unsubscribe(channel, check_name("a client", client)):
            raise NotFoundException(f"No client {client!r} is subscribed to {name!r}.")
        parts.note(request, Action.MESSAGE_UNSUBSCRIBE, name, client=client)

    return [send_message, peek_messages, list_topics, remove_subscription]


def _channel(kind: ChannelKind, name: str) -> Channel:
    return Channel("", kind, check_name(f"a {kind}", name))


def _message(peeked: Peeked) -> MessageInfo:
    message = peeked.message
    encoding, content = _shown(message.content, message.content_type)
    return MessageInfo(
        sequence=peeked.sequence,
        id=message.id,
        at=datetime.fromtimestamp(peeked.at, UTC),
        key=message.key,
        content_type=message.content_type,
        headers=message.headers,
        size=len(message.content),
        encoding=encoding,
        content=content,
    )


def _shown(content: bytes, content_type: str) -> tuple[Any, Any]:
    media = content_type.partition(";")[0].strip().lower()
    if media == "application/json" or media.endswith("+json"):
        try:
            return "json", msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
    try:
        return "text", content.decode()
    except UnicodeDecodeError:
        return "base64", b64encode(content).decode()


def _info(told: Told) -> ChannelInfo:
    return ChannelInfo(
        name=told.name,
        kind=told.kind,
        messages=told.messages,
        size=told.size,
        first=told.first,
        last=told.last,
        subscriptions=[
            SubscriptionInfo(
                client=each.client,
                pending=each.pending,
                open=each.open,
                redelivered=each.redelivered,
                last=each.last,
                at=None if each.at is None else datetime.fromtimestamp(each.at, UTC),
            )
            for each in told.subscriptions
        ],
    )
