"""A Redis in memory, with the commands that steps may use."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from fnmatch import fnmatchcase
from time import monotonic
from typing import TYPE_CHECKING, Any

from airdock.connectors.broker.memory import MemoryBroker
from airdock.connectors.broker.message import Message
from airdock.connectors.redis.client import RedisClient
from airdock.errors import FlowError
from airdock.spec.trigger import Arrival

if TYPE_CHECKING:
    from airdock.connectors.redis.trigger import RedisTrigger

_WRONG = "WRONGTYPE Operation against a key holding the wrong kind of value"


class FakeRedis(RedisClient):
    """Values by their keys, until the client is closed.

    Args:
        now: Seconds, for values that end.
    """

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        super().__init__("fake", None, 10.0)
        self._now = now
        self._values: dict[bytes, Any] = {}
        self._ends: dict[bytes, float] = {}
        self._broker = MemoryBroker(lambda pattern, topic: fnmatchcase(topic, pattern))

    async def publish(self, message: Message) -> None:
        await self._broker.publish(message)

    def listen(self, trigger: "RedisTrigger", prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        return self._broker.listening(trigger.queue, prefetch, trigger.topics)

    async def close(self) -> None:
        self._values.clear()

    async def execute(self, *words: Any) -> Any:
        name, *rest = words
        arguments = [_bytes(each) for each in rest]
        self._expire()
        answer = getattr(self, f"_{name.lower()}")(*arguments)
        for key in [key for key, value in self._values.items() if not value and not isinstance(value, bytes)]:
            self._forget(key)
        return answer

    def _expire(self) -> None:
        for key in [key for key, end in self._ends.items() if end <= self._now()]:
            self._forget(key)

    def _forget(self, key: bytes) -> bool:
        self._ends.pop(key, None)
        return self._values.pop(key, None) is not None

    def _at(self, key: bytes, kind: type[Any]) -> Any:
        """The value of a key; an empty one that is kept from now on where there is none."""
        value = self._values.setdefault(key, kind())
        if type(value) is not kind:
            raise FlowError("connector.redis.command", f"{self.name}: {_WRONG}")
        return value

    def _ping(self) -> bytes:
        return b"PONG"

    def _get(self, key: bytes) -> bytes | None:
        return self._at(key, bytes) if key in self._values else None

    def _set(self, key: bytes, value: bytes, *options: bytes) -> bool | None:
        if (b"NX" in options and key in self._values) or (b"XX" in options and key not in self._values):
            return None
        self._forget(key)
        self._values[key] = value
        if b"PX" in options:
            self._pexpire(key, options[options.index(b"PX") + 1])
        return True

    def _del(self, key: bytes) -> int:
        return int(self._forget(key))

    def _exists(self, key: bytes) -> int:
        return int(key in self._values)

    def _pexpire(self, key: bytes, milliseconds: bytes) -> int:
        if key in self._values:
            self._ends[key] = self._now() + int(milliseconds) / 1000
        return int(key in self._values)

    def _incrby(self, key: bytes, amount: bytes) -> int:
        value = self._sum(self._get(key), amount)
        self._values[key] = b"%d" % value
        return value

    def _sum(self, value: bytes | None, amount: bytes) -> int:
        try:
            return int(value or b"0") + int(amount)
        except ValueError:
            message = f"{self.name}: value is not an integer or out of range"
            raise FlowError("connector.redis.command", message) from None

    def _hget(self, key: bytes, field: bytes) -> Any:
        return self._at(key, dict).get(field)

    def _hset(self, key: bytes, *pairs: bytes) -> int:
        values = self._at(key, dict)
        before = len(values)
        values.update(zip(pairs[::2], pairs[1::2], strict=True))
        return len(values) - before

    def _hdel(self, key: bytes, field: bytes) -> int:
        return int(self._at(key, dict).pop(field, None) is not None)

    def _hgetall(self, key: bytes) -> dict[bytes, bytes]:
        return dict(self._at(key, dict))

    def _hlen(self, key: bytes) -> int:
        return len(self._at(key, dict))

    def _hincrby(self, key: bytes, field: bytes, amount: bytes) -> int:
        values = self._at(key, dict)
        value = self._sum(values.get(field), amount)
        values[field] = b"%d" % value
        return value

    def _lpush(self, key: bytes, *values: bytes) -> int:
        items = self._at(key, list)
        items[:0] = reversed(values)
        return len(items)

    def _rpush(self, key: bytes, *values: bytes) -> int:
        items = self._at(key, list)
        items.extend(values)
        return len(items)

    def _lpop(self, key: bytes) -> Any:
        items = self._at(key, list)
        return items.pop(0) if items else None

    def _rpop(self, key: bytes) -> Any:
        items = self._at(key, list)
        return items.pop() if items else None

    def _lrange(self, key: bytes, first: bytes, last: bytes) -> list[bytes]:
        return _between(self._at(key, list), first, last)

    def _llen(self, key: bytes) -> int:
        return len(self._at(key, list))

    def _sadd(self, key: bytes, *values: bytes) -> int:
        items = self._at(key, set)
        before = len(items)
        items.update(values)
        return len(items) - before

    def _srem(self, key: bytes, *values: bytes) -> int:
        items = self._at(key, set)
        gone = items & set(values)
        items -= gone
        return len(gone)

    def _sismember(self, key: bytes, value: bytes) -> int:
        return int(value in self._at(key, set))

    def _smembers(self, key: bytes) -> set[bytes]:
        return set(self._at(key, set))

    def _scard(self, key: bytes) -> int:
        return len(self._at(key, set))

    def _zadd(self, key: bytes, score: bytes, value: bytes) -> int:
        scores = self._at(key, _Scores)
        before = len(scores)
        scores[value] = float(score)
        return len(scores) - before

    def _zrem(self, key: bytes, *values: bytes) -> int:
        scores = self._at(key, _Scores)
        return sum(scores.pop(value, None) is not None for value in values)

    def _zrange(self, key: bytes, first: bytes, last: bytes) -> list[bytes]:
        scores = self._at(key, _Scores)
        return _between(sorted(scores, key=lambda value: (scores[value], value)), first, last)

    def _zcard(self, key: bytes) -> int:
        return len(self._at(key, _Scores))


class _Scores(dict[bytes, float]):
    """A sorted set."""


def _between(items: list[bytes], first: bytes, last: bytes) -> list[bytes]:
    start, end = (each if each >= 0 else len(items) + each for each in (int(first), int(last)))
    return items[max(start, 0) : end + 1]


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
