import resource
from collections.abc import Iterator

import pytest

from airdock.server.open_files import most_connections, raise_limit


@pytest.fixture(autouse=True)
def limits_as_before() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def set_soft(limit: int) -> int:
    """Sets the limit that a program may raise; the one up to which it may."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return hard


def test_the_limit_is_raised_as_far_as_it_may() -> None:
    hard = set_soft(900)
    raise_limit()
    raised, hard_after = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert raised == (65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536))
    assert hard_after == hard


def test_connections_leave_room_for_other_files() -> None:
    set_soft(900)
    assert (most_connections(100), most_connections(4096)) == (100, 772)
