"""A small memory of what the database said, bounded in size and time."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Cache(Generic[Key, Value]):
    """Keeps values for a while. For several threads.

    What was looked up before a `forget` and comes to be kept only after it, is not kept: it may be old. So a caller
    asks for the `era` before it looks something up, and gives it to `put`.

    Args:
        size: How many at most; those kept longest leave first.
        seconds: How long each is kept.
    """

    def __init__(self, size: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, tuple[Value, float]] = OrderedDict()
        self._era = 0

    @property
    def era(self) -> int:
        return self._era

    def get(self, key: Key) -> Value | None:
        with self._lock:
            found = self._kept.get(key)
        return found[0] if found is not None and self._clock() < found[1] else None

    def put(self, key: Key, value: Value, era: int) -> None:
        with self._lock:
            if era != self._era:
                return
            self._kept.pop(key, None)
            self._kept[key] = (value, self._clock() + self._seconds)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def drop(self, key: Key) -> None:
        with self._lock:
            self._kept.pop(key, None)

    def forget(self, which: Callable[[Value], bool] | None = None) -> None:
        """Forgets everything, or what `which` says yes to."""
        with self._lock:
            self._era += 1
            if which is None:
                self._kept.clear()
                return
            for key in [key for key, (value, _) in self._kept.items() if which(value)]:
                del self._kept[key]
