"""What an author says of a cache."""

from typing import Any

from airdock.connectors.http.caching.cache import HttpCache
from airdock.spec.clock import Clock
from airdock.spec.fields import Spec, field
from airdock.spec.kinds import Boolean, Duration, Size


class Caching(Spec):
    """How answers are kept."""

    private: bool = field(
        Boolean(),
        "Whether all calls are those of one caller, so that answers that are for it alone (`private`, or to a request"
        " with `Authorization`) are kept, too. Otherwise the cache counts as shared.",
        default=False,
    )
    max_size: int = field(
        Size(), "So much is kept by each process; what was not used for the longest time goes.", default=16 * 1024**2,
        unit="bytes", example="64MB",
    )  # fmt: skip
    stale_if_error: float = field(
        Duration(),
        "So long a stale answer stands in for a service that is away or answers 5xx, unless the answer forbids it; the"
        " service may allow longer (`stale-if-error`).",
        default=0.0,
        unit="s",
        example="1h",
    )


def cache_of(said: Any, clock: Clock) -> HttpCache | None:
    """The cache that a connection's `cache` asks for: a `Caching`, or whether there is one."""
    if said is False:
        return None
    caching = said if isinstance(said, Caching) else Caching()
    return HttpCache(clock, caching.private, caching.max_size, caching.stale_if_error)
