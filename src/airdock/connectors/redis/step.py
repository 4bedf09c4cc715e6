from typing import Any

import msgspec

from airdock.connectors.redis.client import RedisClient
from airdock.connectors.redis.commands import BOOLEAN, COMMANDS, Call, Command
from airdock.connectors.redis.connection import Redis
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import TEXT_TEMPLATE, Choice, Duration, Integer, Module, Number
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Outside, ProducingStep
from airdock.streams import Stream
from airdock.units import parse_duration

FIELDS = ("field", "value", "ttl", "amount", "score", "first", "last", "if")
"""The fields of which each command takes some."""


class RedisStep(ProducingStep):
    """Does a command of Redis.

    | `command` | with | gives |
    |---|---|---|
    | `get` | | the value; null where there is none |
    | `set` | `value`, perhaps `ttl` and `if` | whether it was set |
    | `delete` `exists` `expire` | `expire`: `ttl` | whether the key was there |
    | `incr` | perhaps `amount` | the new number |
    | `hget` `hdel` | `field` | the value; how many were deleted |
    | `hset` | `field` and `value`, or an object as `value` | how many fields are new |
    | `hgetall` | | an object |
    | `hincr` | `field`, perhaps `amount` | the new number |
    | `lpush` `rpush` | `value`, one or a list of them | the length |
    | `lpop` `rpop` | | the value; null where there is none |
    | `lrange` `zrange` | perhaps `first` and `last` | a list |
    | `llen` | | the length |
    | `sadd` `srem` `zrem` | `value`, one or a list of them | how many are new, or gone |
    | `sismember` | `value` | whether it is in the set |
    | `smembers` | | a list, in no order |
    | `zadd` | `value` and `score` | 1 where it is new, else 0 |

    Texts, numbers and bytes are kept as they are, anything else as JSON. What comes back is a text, or bytes where it
    is no UTF-8; with `"as": "json"` what the JSON says. A list with more than `maxItems` is an error. There are no
    scripts, and no commands that reach more than a key.
    """

    type = "redis"
    group = "connectors"
    waits = True
    example = {
        "type": "redis",
        "connection": "/shop/cache.connection",
        "command": "set",
        "key": "price:${body.sku}",
        "value": "${body.price}",
        "ttl": "5m",
    }

    connection: str = field(
        Module((".connection",)), "The `redis` connection.", default=REQUIRED, example="/shop/cache.connection"
    )
    command: str = field(Choice(tuple(COMMANDS)), "The command.", default=REQUIRED, example="get")
    key: Template = field(TEXT_TEMPLATE, "The key.", default=REQUIRED, example="price:${body.sku}")
    field_: Template | None = field(TEXT_TEMPLATE, "The field of a hash.", name="field", example="amount")
    value: Template | None = field(TemplateKind(), "What is kept, or looked for.", example="${body.price}")
    ttl: Template | None = field(
        TemplateKind(types=("string",), of=Duration()), "After this time the key goes.", example="5m"
    )
    amount: Template | None = field(
        TemplateKind(types=("string", "number"), of=Integer()), "So much is added; 1 if left out.", example=1
    )
    score: Template | None = field(
        TemplateKind(types=("string", "number"), of=Number()), "The place in a sorted set.", example="${body.points}"
    )
    first: int | None = field(Integer(), "The first item, from 0; from the end if negative.", example=0)
    last: int | None = field(Integer(), "The last item, this one included; -1 is the last of all.", example=9)
    if_: str = field(Choice(("absent", "present")), "`set` does so only then.", name="if", default="", example="absent")
    as_: str = field(Choice(("text", "json", "bytes")), "What values are taken for.", name="as", default="text")
    max_items: int = field(Integer(1, 1_000_000), "So many items of a list are taken.", default=10_000)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        command, values = COMMANDS[element.command], element.values()
        given = {name for name in FIELDS if values[name] not in (None, "")}
        if missing := [name for name in command.needs if name not in given]:
            return [("command", f"`{element.command}` needs `{missing[0]}`")]
        if spare := sorted(given - {*command.needs, *command.takes}):
            return [(spare[0], f"`{element.command}` has no `{spare[0]}`")]
        return []

    @property
    def repeatable(self) -> bool:
        return COMMANDS[self.command].repeatable

    @property
    def reaches(self) -> Outside:
        return Outside(self.connection, self.key.text)

    def compile(self, compiler: Compiler) -> Compiled:
        link = compiler.connection(self.connection, (Redis,), self.place_of("connection"))
        command, store, most = COMMANDS[self.command], self.store(), self.max_items
        boolean, form = self.command in BOOLEAN or self.command in ("set", "delete"), self.as_

        async def redis(exchange: Exchange) -> None:
            words = command.words(self._call(exchange))
            client: RedisClient
            async with link.use() as client:
                await _check_size(client, command, words[1], most)
                answer = await client.execute(*words)
            store(exchange, bool(answer) if boolean else value_of(answer, form))

        return redis

    def _call(self, exchange: Exchange) -> Call:
        key = self.key.text(exchange)
        if not key:
            raise FlowError("connector.redis.value", "`key` is empty")
        return Call(
            key,
            None if self.field_ is None else self.field_.text(exchange),
            None if self.value is None else self._kept(self.value.evaluate(exchange)),
            None if self.ttl is None else _ttl(self.ttl.text(exchange)),
            None if self.amount is None else _whole(self.amount.evaluate(exchange)),
            None if self.score is None else _number(self.score.evaluate(exchange)),
            self.first,
            self.last,
            self.if_,
        )

    def _kept(self, value: Any) -> Any:
        if self.command == "hset" and self.field_ is None:
            if not isinstance(value, dict) or not value:
                raise FlowError("connector.redis.value", "`hset` without `field` needs an object as `value`")
            return {name: kept(each) for name, each in value.items()}
        if isinstance(value, list) and self.command in ("lpush", "rpush", "sadd", "srem", "zrem"):
            if not value:
                raise FlowError("connector.redis.value", "`value` is an empty list")
            return [kept(each) for each in value]
        return kept(value)


async def _check_size(client: RedisClient, command: Command, key: Any, most: int) -> None:
    if command.size and await client.execute(command.size, key) > most:
        raise FlowError("connector.redis.tooMany", f"{client.name}: there are more than {most} items")


def kept(value: Any) -> str | bytes:
    """A value as Redis keeps it.

    Raises:
        FlowError: `connector.redis.value`, it cannot be kept.
    """
    if isinstance(value, str | bytes):
        return value
    if isinstance(value, Stream):
        raise FlowError("connector.redis.value", "a body that comes item by item cannot be kept")
    try:
        return msgspec.json.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise FlowError("connector.redis.value", f"the value cannot be kept: {error}") from error


def value_of(answer: Any, form: str) -> Any:
    """What Redis answered, as the message has it.

    Raises:
        FlowError: `connector.redis.value`, it is no JSON.
    """
    if isinstance(answer, bytes):
        return _read(answer, form)
    if isinstance(answer, dict):
        return {name.decode("utf-8", "replace"): _read(each, form) for name, each in answer.items()}
    if isinstance(answer, list | set | tuple):
        return [_read(each, form) for each in answer]
    return answer


def _read(value: bytes, form: str) -> Any:
    if form == "bytes":
        return value
    if form == "json":
        try:
            return msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError) as error:
            raise FlowError("connector.redis.value", f"the value is no JSON: {error}") from error
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _ttl(text: str) -> float:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise FlowError("connector.redis.value", f"`ttl`: {error}") from error


def _whole(value: Any) -> int:
    number = _number(value)
    if not number.is_integer():
        raise FlowError("connector.redis.value", "`amount` is no whole number")
    return int(value)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise FlowError("connector.redis.value", f"{str(value)[:50]!r} is no number") from None
