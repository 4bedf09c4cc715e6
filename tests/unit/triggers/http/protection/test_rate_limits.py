import multiprocessing
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.spec.protection import RateLimit
from airdock.triggers.http.protection.rate_limits import Rate, RateLimits, network_of


class Clock:
    def __init__(self) -> None:
        self.now = 5_000_000_000

    def __call__(self) -> int:
        return self.now


def rate(limit: int, per: float = 60.0, burst: int | None = None) -> Rate:
    return Rate(RateLimit(limit=limit, per=per, burst=burst))


def test_a_burst_may_come_at_once_and_then_as_many_as_time_allows() -> None:
    clock = Clock()
    limits = RateLimits(clock=clock)
    five = rate(5, per=50.0)
    assert [limits.take("a", five).allowed for _ in range(7)] == [True] * 5 + [False] * 2
    refused = limits.take("a", five)
    assert (refused.left, refused.wait, refused.reset) == (0, 10.0, 50.0)
    clock.now += 10_000_000_000
    assert [limits.take("a", five).allowed for _ in range(2)] == [True, False]
    clock.now += 3600 * 1_000_000_000
    assert [limits.take("a", five).left for _ in range(5)] == [4, 3, 2, 1, 0]


def test_a_smaller_burst_spreads_the_calls() -> None:
    clock = Clock()
    limits = RateLimits(clock=clock)
    spread = rate(60, per=60.0, burst=1)
    assert [limits.take("a", spread).allowed for _ in range(2)] == [True, False]
    clock.now += 1_000_000_000
    assert limits.take("a", spread).allowed


def test_callers_do_not_count_for_each_other() -> None:
    limits = RateLimits(clock=Clock())
    one = rate(1)
    assert all(limits.take(f"caller {number}", one).allowed for number in range(1000))
    assert not any(limits.take(f"caller {number}", one).allowed for number in range(1000))


def test_processes_share_a_file_and_a_new_one_goes_on_with_it(tmp_path: Path) -> None:
    clock = Clock()
    first = RateLimits(tmp_path / "new" / "rates", clock=clock)
    second = RateLimits(tmp_path / "new" / "rates", clock=clock)
    two = rate(2)
    assert [limits.take("a", two).allowed for limits in (first, second, first)] == [True, True, False]
    first.close()
    second.close()
    assert not RateLimits(tmp_path / "new" / "rates", clock=clock).take("a", two).allowed
    assert (tmp_path / "new" / "rates").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"", b"something else", bytes(5000), b"x" * 3_000_000])
def test_a_file_that_holds_something_else_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rates").write_bytes(content)
    assert RateLimits(tmp_path / "rates").take("a", rate(1)).allowed


def test_times_of_before_the_machine_began_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert RateLimits(tmp_path / "rates").take("a", rate(1)).allowed
    earlier = time.time() - 3600
    monkeypatch.setattr("airdock.triggers.http.protection.rate_limits.time.time", lambda: earlier)
    assert RateLimits(tmp_path / "rates").take("a", rate(1)).allowed


def test_a_link_in_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("kept")
    os.symlink(tmp_path / "target", tmp_path / "rates")
    with pytest.raises(OSError, match="rates"):
        RateLimits(tmp_path / "rates")
    assert (tmp_path / "target").read_text() == "kept"


def _take_many(path: Path, start: Any, results: Any) -> None:
    limits = RateLimits(path)
    hundred = rate(1000, per=3600.0)
    start.wait()
    results.put(sum(limits.take("a", hundred).allowed for _ in range(2000)))


def test_over_two_processes_hardly_more_than_allowed_come_through(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(2), context.Queue()
    workers = [context.Process(target=_take_many, args=(tmp_path / "rates", start, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    passed = sum(results.get(timeout=30) for _ in workers)
    for worker in workers:
        worker.join(30)
    assert 1000 <= passed <= 1100


@given(st.integers(1, 50), st.integers(1, 60), st.lists(st.integers(0, 10**9), max_size=60))
def test_never_more_than_the_burst_and_what_time_gives(limit: int, burst: int, pauses: list[int]) -> None:
    clock = Clock()
    limits = RateLimits(slots=64, clock=clock)
    declared = rate(limit, per=1.0, burst=burst)
    begin, passed = clock.now, 0
    for pause in pauses:
        clock.now += pause
        passed += limits.take("a", declared).allowed
        assert passed <= burst + (clock.now - begin) / declared.interval


@pytest.mark.parametrize(
    ("remote", "network"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_an_address_is_counted_by_its_network(remote: str, network: str) -> None:
    assert network_of(remote) == network
