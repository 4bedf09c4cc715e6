"""Counting calls over all workers of a node, in a few megabytes whoever calls."""

import fcntl
import hashlib
import mmap
import os
import struct
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import NamedTuple

from airdock.spec.protection import RateLimit

SLOTS = 1 << 18
_MAGIC = b"airdock-rates-1\0"
_HEAD = struct.Struct("=16s16sd24x")
_TURNS = 50
"""How often a lock is asked for, which takes about a microsecond each."""
_SAME_BOOT = 60.0
"""Seconds by which two readings of the time of boot may differ: the clock is set now and then."""


class Rate:
    """How often a flow may be called, in the terms of the generic cell rate algorithm; times are in nanoseconds.

    Attributes:
        interval: From one call to the next when they come evenly. slack: How far ahead of that calls may be.
        policy: The header `RateLimit-Policy`.
    """

    __slots__ = ("burst", "by", "interval", "policy", "slack")

    def __init__(self, declared: RateLimit) -> None:
        self.by = declared.by
        self.burst = declared.burst or declared.limit
        self.interval = max(int(declared.per * 1e9 / declared.limit), 1)
        self.slack = self.interval * (self.burst - 1)
        self.policy = f'"default";q={declared.limit};w={-int(-declared.per // 1)}'


class Taken(NamedTuple):
    """What became of a call.

    Attributes:
        allowed: It may go on. left: How many more might come at once.
        wait: Seconds until a call may go on; 0 when it may now. reset: Seconds until nothing is counted any more.
    """

    allowed: bool
    left: int
    wait: float
    reset: float


class RateLimits:
    """Times of calls, shared by the processes that open the same file.

    A call is counted in two places, chosen by a keyed hash of who calls what, and the lower count is believed: of
    callers that meet in one place none is refused for the other, unless they meet in both.

    Processes take turns with a caller, by a lock of the file. None waits long for it: one that got no turn in some
    microseconds, as the other stands still, counts without, and then a call may be let through that was one too many.
    """

    def __init__(self, path: Path | None = None, *, slots: int = SLOTS, clock: Callable[[], int] | None = None) -> None:
        """
        Args:
            path: The file, made when it is missing; None: for this process and those forked from it.
            clock: Nanoseconds of a clock that all processes share.

        Raises:
            OSError: the file cannot be made.
        """
        self._slots = slots
        self._clock = clock or time.monotonic_ns
        size = _HEAD.size + slots * 8
        self._file = None if path is None else _opened(path, size)
        memory = _anonymous(size) if self._file is None else mmap.mmap(self._file, size)
        _, self._key, _ = _HEAD.unpack_from(memory)
        self._memory = memory
        self._times = memoryview(memory)[_HEAD.size :].cast("q")

    def take(self, who: str, rate: Rate) -> Taken:
        """Counts a call, if it may go on.

        Args:
            who: Whose calls are counted together, and of which flow.
        """
        first, second = self._places(who)
        locked = self._lock(first)
        try:
            return self._take(first, second, rate)
        finally:
            if locked:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, first)  # type: ignore[arg-type]  # it is locked, so it is there

    def _take(self, first: int, second: int, rate: Rate) -> Taken:
        now = self._clock()
        times = self._times
        # When calls that come evenly from now on would be due.
        due = max(min(times[first], times[second]), now)
        if due - now > rate.slack:
            return Taken(False, 0, (due - now - rate.slack) / 1e9, (due - now) / 1e9)
        due += rate.interval
        for place in (first, second):
            if times[place] < due:
                times[place] = due
        left = (rate.slack + rate.interval - (due - now)) // rate.interval
        return Taken(True, left, 0.0, (due - now) / 1e9)

    def close(self) -> None:
        """Gives the memory back."""
        self._times.release()
        self._memory.close()
        if self._file is not None:
            os.close(self._file)

    def _lock(self, place: int) -> bool:
        """Whether other processes keep away from what begins at a place."""
        if self._file is None:
            return False
        for _ in range(_TURNS):
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            except OSError:
                continue
            return True
        return False

    def _places(self, who: str) -> tuple[int, int]:
        digest = hashlib.blake2b(who.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()
        first, second = struct.unpack("=QQ", digest)
        return first % self._slots, second % self._slots


def network_of(remote: str) -> str:
    """What of an address is counted: all of IPv4, the network of IPv6, in which one machine has addresses at will."""
    try:
        address = ip_address(remote.partition("%")[0])
    except ValueError:
        return remote
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)


def _anonymous(size: int) -> mmap.mmap:
    memory = mmap.mmap(-1, size)
    memory[: _HEAD.size] = _head()
    return memory


def _opened(path: Path, size: int) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not _is_usable(os.pread(file, _HEAD.size, 0), os.fstat(file).st_size, size):
            # Never smaller: another process may have all of it in its memory.
            os.ftruncate(file, max(size, os.fstat(file).st_size))
            os.pwrite(file, _head() + bytes(size - _HEAD.size), 0)
        # The memory keeps the file open, and so the lock: it does not end by closing.
        fcntl.flock(file, fcntl.LOCK_UN)
    except OSError:
        os.close(file)
        raise
    return file


def _is_usable(head: bytes, found: int, size: int) -> bool:
    if found < size or len(head) < _HEAD.size:
        return False
    magic, _, boot = _HEAD.unpack(head)
    # The clock begins anew with the machine: times of before would refuse calls for long.
    return bool(magic == _MAGIC and abs(boot - _boot()) < _SAME_BOOT)


def _head() -> bytes:
    return _HEAD.pack(_MAGIC, os.urandom(16), _boot())


def _boot() -> float:
    return time.time() - time.monotonic()
