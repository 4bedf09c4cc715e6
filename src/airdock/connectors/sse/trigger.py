from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.sse.position import Position
from airdock.connectors.sse.source import EventSource, Wanted
from airdock.spec.channels import Heard
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Duration, ListOf, Module, Size, Text
from airdock.spec.trigger import Listening, Source, Trigger

PATH = Text(
    r"((/(?!\.\.?(/|\?|$))[^/?#\s\\]+)*/?(\?[^#\s\\]*)?)",
    "a path such as /events?topic=orders, without `//`, `.`, `..` and `#`",
)
"""What is added to the `url` of a connection."""


class SseTrigger(Trigger):
    """Server-sent events of a service (`text/event-stream`).

    The data of an event is the body: parsed where it is JSON, a text otherwise; characters that are no UTF-8 are
    replaced, as the standard has it. `properties.message` has its name as `event`, `message` where it has none, and
    `lastEventId`. The event's own id is the message's id.

    When the connection is lost it is made anew, after the time that the service has asked for by `retry:`, behind the
    last event that came (`Last-Event-ID`); what was received stays in hand meanwhile. The id behind what was worked off
    without a gap is kept in the database: a restart begins there, so an event may come twice, and none is missed where
    the service keeps them. Where it gives no ids, what it sends while nobody listens is lost.

    An event larger than `maxSize` goes to the dead letters with its beginning. A status other than 200 is tried again,
    and shown; after a 204 the listener is `stopped`, as the service has no events any more. Each process that listens
    gets each event.
    """

    trigger = "sse"
    prefetch = 10
    example = {"connection": "/shop/news.connection", "path": "/events?topic=orders", "events": ["order"]}

    connection: str = field(
        Module((".connection",)), "An `http` connection.", default=REQUIRED, example="/shop/news.connection"
    )
    path: str = field(PATH, "What is added to the connection's `url`.", default="", example="/events?topic=orders")
    events: list[str] = field(
        ListOf(Text(".+", "the name of an event")),
        "Names of the events that are listened to; `message` are those without a name. All if left out.",
        default=[],
        example=["order", "cancellation"],
    )
    silence: float = field(
        Duration(),
        "When nothing came for so long, not even a comment, the connection counts as lost.",
        default=300.0,
        unit="s",
        example="1m",
    )
    max_size: int = field(Size(), "The largest event.", default=1024**2, unit="bytes", example="64KB")

    def heard(self) -> list[Heard]:
        return [Heard(self.path.partition("?")[0], "events", "http", operation={"method": "GET"})]

    def source(self, listening: Listening) -> Source:
        link = listening.connection(self.connection, (HttpConnection,), self.place_of("connection"))
        wanted = Wanted(self.path, frozenset(self.events), self.max_size, self.silence)
        # No flow has such an address.
        space = f"{listening.name}#lastEventId"
        position = Position(listening.stores.durable, space, f"{link.path} {self.path}")
        return EventSource(link, wanted, position, listening.clock)
