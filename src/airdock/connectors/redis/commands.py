"""The commands of Redis that steps may use, and what each of them takes."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Call(NamedTuple):
    """What a command is called with; None for what the step does not say."""

    key: str
    field: str | None = None
    value: Any = None
    ttl: float | None = None
    amount: int | None = None
    score: float | None = None
    first: int | None = None
    last: int | None = None
    if_: str = ""


class Command(NamedTuple):
    """A command.

    Attributes:
        needs, takes: Fields of the step that it must have, and may have, beside `key`.
        words: What is sent. repeatable: Done again it does no more than done once.
        size: The command that tells how many items this one would give; empty where it gives one.
    """

    needs: tuple[str, ...]
    takes: tuple[str, ...]
    words: Callable[[Call], list[Any]]
    repeatable: bool = True
    size: str = ""


def _expiry(call: Call) -> list[Any]:
    return [] if call.ttl is None else ["PX", max(round(call.ttl * 1000), 1)]


def _set(call: Call) -> list[Any]:
    condition = {"absent": ["NX"], "present": ["XX"]}.get(call.if_, [])
    return ["SET", call.key, call.value, *_expiry(call), *condition]


def _hset(call: Call) -> list[Any]:
    if call.field is not None:
        return ["HSET", call.key, call.field, call.value]
    return ["HSET", call.key, *(each for pair in call.value.items() for each in pair)]


def _many(word: str) -> Callable[[Call], list[Any]]:
    return lambda call: [word, call.key, *(call.value if isinstance(call.value, list) else [call.value])]


def _plain(word: str) -> Callable[[Call], list[Any]]:
    return lambda call: [word, call.key]


def _field(word: str) -> Callable[[Call], list[Any]]:
    return lambda call: [word, call.key, call.field]


def _range(word: str) -> Callable[[Call], list[Any]]:
    return lambda call: [word, call.key, call.first or 0, -1 if call.last is None else call.last]


COMMANDS: dict[str, Command] = {
    "get": Command((), (), _plain("GET")),
    "set": Command(("value",), ("ttl", "if"), _set),
    "delete": Command((), (), _plain("DEL")),
    "exists": Command((), (), _plain("EXISTS")),
    "expire": Command(("ttl",), (), lambda call: ["PEXPIRE", call.key, max(round((call.ttl or 0) * 1000), 1)]),
    "incr": Command((), ("amount",), lambda call: ["INCRBY", call.key, _one(call)], repeatable=False),
    "hget": Command(("field",), (), _field("HGET")),
    "hset": Command(("value",), ("field",), _hset),
    "hdel": Command(("field",), (), _field("HDEL")),
    "hgetall": Command((), (), _plain("HGETALL"), size="HLEN"),
    "hincr": Command(
        ("field",), ("amount",), lambda call: ["HINCRBY", call.key, call.field, _one(call)], repeatable=False
    ),
    "lpush": Command(("value",), (), _many("LPUSH"), repeatable=False),
    "rpush": Command(("value",), (), _many("RPUSH"), repeatable=False),
    "lpop": Command((), (), _plain("LPOP"), repeatable=False),
    "rpop": Command((), (), _plain("RPOP"), repeatable=False),
    "lrange": Command((), ("first", "last"), _range("LRANGE"), size="LLEN"),
    "llen": Command((), (), _plain("LLEN")),
    "sadd": Command(("value",), (), _many("SADD")),
    "srem": Command(("value",), (), _many("SREM")),
    "sismember": Command(("value",), (), lambda call: ["SISMEMBER", call.key, call.value]),
    "smembers": Command((), (), _plain("SMEMBERS"), size="SCARD"),
    "zadd": Command(("value", "score"), (), lambda call: ["ZADD", call.key, call.score, call.value]),
    "zrem": Command(("value",), (), _many("ZREM")),
    "zrange": Command((), ("first", "last"), _range("ZRANGE"), size="ZCARD"),
}
"""By the word of the step. Scripts, `keys`, `flushall` and whatever else reaches the whole server are left out."""

BOOLEAN = frozenset({"exists", "expire", "sismember"})
"""Those that answer whether something is so."""


def _one(call: Call) -> int:
    return 1 if call.amount is None else call.amount
