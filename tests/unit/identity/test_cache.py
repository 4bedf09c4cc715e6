from hypothesis import given
from hypothesis import strategies as st

from airdock.identity.cache import Cache
from tests.unit.identity.people import Clock


def test_value_is_kept_for_a_while() -> None:
    clock = Clock()
    cache: Cache[str, int] = Cache(2, 10.0, clock)
    cache.put("a", 1, cache.era)
    clock.go_on(9)
    assert cache.get("a") == 1
    clock.go_on(1)
    assert cache.get("a") is None


@given(st.lists(st.integers(0, 20)))
def test_it_never_holds_more_than_it_may(keys: list[int]) -> None:
    cache: Cache[int, int] = Cache(3, 10.0)
    for key in keys:
        cache.put(key, key, cache.era)
    kept = [key for key in range(21) if cache.get(key) is not None]
    assert len(kept) == min(3, len(set(keys)))
    assert set(kept) == set(list(dict.fromkeys(reversed(keys)))[:3])


def test_what_was_looked_up_before_it_forgot_is_not_kept() -> None:
    cache: Cache[str, int] = Cache(3, 10.0)
    era = cache.era
    cache.forget()
    cache.put("a", 1, era)
    assert cache.get("a") is None


def test_some_are_forgotten() -> None:
    cache: Cache[str, int] = Cache(3, 10.0)
    for number, key in enumerate("abc"):
        cache.put(key, number, cache.era)
    cache.forget(lambda value: value == 1)
    assert [cache.get(key) for key in "abc"] == [0, None, 2]
    cache.forget()
    assert cache.get("a") is None
