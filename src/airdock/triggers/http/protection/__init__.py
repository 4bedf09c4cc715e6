"""What a flow declares to be protected by: signatures, API keys, passwords, rate limits."""

from airdock.triggers.http.protection.protection import UNPROTECTED, Protection, protection_of
from airdock.triggers.http.protection.rate_limits import RateLimits
from airdock.triggers.http.protection.replays import DatabaseReplays, MemoryReplays, Replays
from airdock.triggers.http.protection.secrets import ReadSecret

__all__ = [
    "UNPROTECTED",
    "DatabaseReplays",
    "MemoryReplays",
    "Protection",
    "RateLimits",
    "ReadSecret",
    "Replays",
    "protection_of",
]
