from typing import TYPE_CHECKING, Any

from airdock.connectors.broker.source import BrokerSource
from airdock.connectors.rabbitmq.connection import RabbitConnection, queue_heard
from airdock.spec.channels import Heard
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Choice, Integer, ListOf, Module, Text
from airdock.spec.trigger import Listening, Source, Trigger

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractQueue


class RabbitTrigger(Trigger):
    """Messages of a queue of RabbitMQ.

    The queue is made, durable, if it is not there; with `declare: "passive"` it must be. `topics` binds it to the
    exchange of the connection: it then gets what is sent to these topics. Who reads one queue, in whatever process,
    shares its messages.

    A message is acknowledged when its run has succeeded, and comes again otherwise, so it may come twice. What the flow
    answers goes to whoever asked (`reply_to`). The flow sees `queue`, `exchange`, `topic` (the routing key),
    `priority` and `deliveries`, where the broker counts them, as `properties.message`.
    """

    trigger = "rabbitmq"
    requires = "rabbitmq"
    prefetch = 20
    example = {"connection": "/shop/rabbit.connection", "queue": "orders", "topics": ["orders.#"]}

    connection: str = field(
        Module((".connection",)), "The broker.", default=REQUIRED, example="/shop/rabbit.connection"
    )
    queue: str = field(
        Text(r"[^\x00-\x1f]{1,127}", "the name of a queue"), "The queue.", default=REQUIRED, example="orders"
    )
    topics: list[str] = field(
        ListOf(Text(r"[^\x00-\x1f]{1,127}", "a routing key")),
        "Topics that feed the queue; `*` stands for one word between dots, `#` for any number.",
        default=[],
        example=["orders.#"],
    )
    declare: str = field(
        Choice(("durable", "passive")), "Whether the queue is made, or must be there.", default="durable"
    )
    queue_type: str = field(
        Choice(("classic", "quorum")),
        "What kind of queue is made; `quorum` is kept by several nodes.",
        default="classic",
    )
    max_priority: int | None = field(
        Integer(1, 9), "A classic queue that is made delivers by priority, up to this one.", example=9
    )
    priority: int = field(
        Integer(0, 255), "As long as one with a greater one has room, it gets the messages.", default=0
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if element.max_priority is not None and element.queue_type == "quorum":
            return [("maxPriority", "a `quorum` queue has no `maxPriority`")]
        return []

    def heard(self) -> list[Heard]:
        return [queue_heard(self.queue, {"ack": True})]

    def source(self, listening: Listening) -> Source:
        link = listening.connection(self.connection, (RabbitConnection,), self.place_of("connection"))
        return BrokerSource(link, self)

    async def declared(self, channel: "AbstractChannel", exchange: str, timeout: float) -> "AbstractQueue":  # noqa: ASYNC109
        """The queue, as it is declared at the broker."""
        arguments: dict[str, Any] = {}
        if self.queue_type == "quorum":
            arguments["x-queue-type"] = "quorum"
        if self.max_priority is not None:
            arguments["x-max-priority"] = self.max_priority
        queue = await channel.declare_queue(
            self.queue,
            durable=True,
            passive=self.declare == "passive",
            arguments=arguments or None,
            timeout=timeout,
        )
        for topic in self.topics:
            await queue.bind(exchange, topic, timeout=timeout)
        return queue
