"""How many files and connections a process may have open."""

import resource

_MOST = 65_536
_OWN = 128
"""What a process opens beside its connections: the run log, scripts, pipes."""


def raise_limit() -> None:
    """Raises this process's limit, and that of those it starts, as far as it may.

    Many systems give a program 1024 and let it ask for more.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST if hard == resource.RLIM_INFINITY else min(hard, _MOST)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def most_connections(wanted: int) -> int:
    """So many connections as wanted, or as many as can be open beside what a process needs for itself."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return wanted if soft == resource.RLIM_INFINITY else max(min(wanted, soft - _OWN), 1)
