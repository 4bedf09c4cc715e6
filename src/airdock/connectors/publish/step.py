from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from uuid_utils import uuid7

from airdock.connectors.broker import Ability, BrokerConnection, Message
from airdock.connectors.broker.content import check_destination, check_headers, decode_content, encode_content
from airdock.connectors.broker.message import RUN_HEADER
from airdock.connectors.hub.link import ABILITIES
from airdock.connectors.hub.names import check_name
from airdock.connectors.publish.values import one_of, seconds_of, whole_of
from airdock.errors import DescriptorError, FlowError, Problem
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.connection import Connection, Link
from airdock.spec.fields import field
from airdock.spec.kinds import TEXT_TEMPLATE, Boolean, Duration, Integer, MapOf, Module, Text
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Outside, ProducingStep

_ASKED = ("topic", "queue", "key", "headers", "partition", "delay", "expiration", "priority", "request")
"""The fields that not every broker has something for."""
_TIMEOUT = 30.0


class Publish(ProducingStep):
    """Sends a message to a topic or a queue of a broker: Camel's message channel.

    A topic is for all who listen to it; each message of a queue goes to one of those who read it. The step is done when
    the broker has confirmed that it has the message. When that fails, `connector.unavailable` or `connector.timeout`,
    the message may have been sent all the same: give it an `id` of your own, and a `retry`, and let listeners be
    `idempotent`.

    With `request` the step waits for the answer to the message, which becomes the body, or the property that `result`
    names; without an answer within `timeout` it fails with `connector.timeout`. Who listens there answers with what
    its flow gives. Without `request` there is a `result` only where the connection tells where it has put a message,
    such as a `kafka` one: the partition and the offset.

    What the broker of the connection has nothing for is refused when the flow is checked: a `delay` where it keeps no
    message back, a `partition` where it has none. Each message has an id, and a header `airdock-run` with the id of the
    run.
    """

    type = "publish"
    group = "connectors"
    waits = True
    repeatable = False
    example = {
        "type": "publish",
        "connection": "/shop/broker.connection",
        "queue": "orders",
        "body": {"id": "${body.id}"},
        "headers": {"source": "shop"},
    }

    connection: str = field(
        Module((".connection",)),
        "The broker; the built-in hub if left out.",
        default="",
        example="/shop/broker.connection",
    )
    topic: Template | None = field(TEXT_TEMPLATE, "The topic.", example="orders.placed")
    queue: Template | None = field(TEXT_TEMPLATE, "The queue, in place of a topic.", example="orders")
    body: Template | None = field(
        TemplateKind(),
        "What is sent; the message's body, with its content type, if left out. A value that is neither text nor bytes"
        " is sent as JSON.",
        example={"id": "${body.id}"},
    )
    content_type: str = field(
        Text(), "Content type of the body, where it is not the one that fits it.", default="", example="text/csv"
    )
    headers: dict[str, Template] = field(
        MapOf(TemplateKind(types=("string", "number", "boolean"))),
        "Headers of the message that is sent.",
        default={},
        example={"source": "shop"},
    )
    id: Template | None = field(
        TEXT_TEMPLATE, "By which a duplicate is known; a new one if left out.", example="${body.id}"
    )
    key: Template | None = field(
        TemplateKind(types=("string", "number")), "Messages of one key are kept in order.", example="${body.customer}"
    )
    partition: Template | None = field(
        TemplateKind(types=("string", "number"), of=Integer(0)), "The partition, whatever the key.", example=3
    )
    delay: Template | None = field(
        TemplateKind(types=("string",), of=Duration()), "So long it is kept back.", example="30s"
    )
    expiration: Template | None = field(
        TemplateKind(types=("string",), of=Duration()), "After this time it is not delivered any more.", example="1h"
    )
    priority: Template | None = field(
        TemplateKind(types=("string", "number"), of=Integer(0, 9)), "Greater ones are delivered first.", example=5
    )
    request: bool = field(Boolean(), "Waits for the answer. `timeout` says how long, 30s if left out.", default=False)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if (element.topic is None) == (element.queue is None):
            return [("queue" if element.queue else "", "give `topic` or `queue`, one of the two")]
        return []

    @property
    def time_limit(self) -> float | None:
        return None if self.request else self.timeout

    @property
    def reads_body(self) -> bool:
        return self.body is None

    @property
    def reaches(self) -> Outside | None:
        return Outside(self.connection, one_of(self.topic, self.queue))

    def compile(self, compiler: Compiler) -> Compiled:
        link = self._link(compiler)
        message = self._message(link)
        store, timeout = self.store(), self.timeout or _TIMEOUT
        if not self.request:
            wanted = bool(self.result)

            async def publish(exchange: Exchange) -> None:
                made = message(exchange)
                async with link.use() as client:
                    receipt = await client.publish(made)
                if wanted:
                    store(exchange, receipt)

            return publish

        async def request(exchange: Exchange) -> None:
            made = message(exchange)
            async with link.use() as client:
                reply = await client.request(made, timeout)
            store(exchange, decode_content(reply.content, reply.content_type))

        return request

    def _link(self, compiler: Compiler) -> Link:
        place = self.place_of("connection")
        if not self.connection:
            self._refuse_all_but(ABILITIES, "the built-in hub")
            self._refuse_result(False)
            self._check_names(lambda name: check_name("a topic or queue", name))
            return compiler.hub()
        declared = compiler.declaration(self.connection, (Connection,), place)
        if not isinstance(declared, BrokerConnection):
            message = f"{self.connection!r} is a `{declared.type}` connection, which sends no messages"
            raise _problem("descriptor.reference", message, place)
        self._refuse(declared)
        return compiler.connection(self.connection, (BrokerConnection,), place)

    def _refuse(self, declared: BrokerConnection) -> None:
        """What the broker has nothing for, or its connection does not allow."""
        self._refuse_all_but(declared.abilities, f"a `{declared.type}` connection")
        for one, other in declared.apart:
            if getattr(self, one) and getattr(self, other):
                message = f"`{one}` and `{other}` do not go together over a `{declared.type}` connection"
                raise _problem("descriptor.value", message, self.place_of(other))
        self._refuse_result(declared.receipts)
        self._check_names(lambda name: _check_name(name, declared.allow))

    def _refuse_result(self, receipts: bool) -> None:
        if self.result and not self.request and not receipts:
            message = "only a `request` has a result, or what is sent by a connection that tells where it has put it"
            raise _problem("descriptor.value", message, self.place_of("result"))

    def _refuse_all_but(self, abilities: frozenset[Ability], who: str) -> None:
        for name in _ASKED:
            if getattr(self, name) and name not in abilities:
                raise _problem("descriptor.value", f"{who} has nothing for `{name}`", self.place_of(name))

    def _check_names(self, check: Callable[[str], Any]) -> None:
        for name, template in (("topic", self.topic), ("queue", self.queue)):
            if template is not None and template.constant:
                try:
                    check(template.value)
                except FlowError as error:
                    raise _problem("descriptor.value", error.message, self.place_of(name)) from error

    def _message(self, link: Link) -> Callable[[Exchange], Message]:
        """What makes the message of a run."""
        destination, queue = one_of(self.topic, self.queue), self.queue is not None
        headers = tuple((name.lower(), value.text) for name, value in self.headers.items())
        id, key, body = self.id, self.key, _body(self.body, self.content_type)
        partition, priority = whole_of(self.partition, "partition", 2**31 - 1), whole_of(self.priority, "priority", 9)
        delay, expiration = seconds_of(self.delay, "delay"), seconds_of(self.expiration, "expiration")

        def message(exchange: Exchange) -> Message:
            name = destination(exchange)
            declared = link.connection
            _check_name(name, declared.allow if declared is not None else [])
            sent = {name: text(exchange) for name, text in headers}
            sent[RUN_HEADER] = exchange.run.id
            check_headers(sent)
            content, content_type = body(exchange)
            return Message(
                name,
                content,
                (id.text(exchange) if id is not None else "") or str(uuid7()),
                queue,
                content_type,
                sent,
                key.text(exchange) if key is not None else "",
                partition(exchange),
                delay(exchange) or 0.0,
                expiration(exchange),
                priority(exchange),
            )

        return message


def _body(template: Template | None, content_type: str) -> Callable[[Exchange], tuple[bytes, str]]:
    if template is not None:
        evaluate = template.evaluate
        return lambda exchange: encode_content(evaluate(exchange), content_type)

    def body(exchange: Exchange) -> tuple[bytes, str]:
        if exchange.body_set:
            return encode_content(exchange.body, content_type or exchange.body_type)
        request = exchange.request
        return request.content, content_type or request.content_type

    return body


def _check_name(name: str, allow: list[str]) -> None:
    check_destination(name)
    if allow and not any(fnmatchcase(name, each) for each in allow):
        raise FlowError("connector.broker.destination", f"the connection does not allow to send to {name!r}")


def _problem(code: str, message: str, place: Any) -> DescriptorError:
    return DescriptorError([Problem(code, message, place)])
