from airdock.connectors.http.caching.entry import Entry, Nominated
from airdock.connectors.http.caching.store import Key, Store


def entry(size: int = 0, nominated: Nominated = ()) -> Entry:
    return Entry(200, {}, b"x" * size, nominated, 0.0, 0.0, 1.0, False, False, 0.0)


A: Key = ("http://a/", ())
B: Key = ("http://a/", (("authorization", "b"),))
C: Key = ("http://c/", ())


def test_an_entry_takes_the_place_of_one_for_the_same_requests() -> None:
    store = Store(100_000)
    plain, csv, other = entry(), entry(1, (("accept", "text/csv"),)), entry(2, (("accept", None),))
    for each in (plain, csv, other):
        assert store.keep(A, each)
    assert store.find(A, {"accept": "text/csv"}) is csv
    assert store.find(A, {}) is other
    again = entry(3, (("accept", None),))
    store.keep(A, again)
    assert store.find(A, {}) is again
    assert store.size == plain.size + csv.size + again.size
    store.drop(A, again)
    store.drop(A, again)
    assert store.find(A, {}) is plain
    assert store.size == plain.size + csv.size


def test_what_was_not_used_goes_when_there_is_too_much() -> None:
    store = Store(10_000)
    first = entry(4000)
    store.keep(A, first)
    store.keep(B, entry(2000))
    assert store.find(A, {}) is first
    store.keep(C, entry(2000))
    assert (A in store, B in store, C in store) == (True, False, True)
    assert store.size <= 10_000
    assert not store.keep(C, entry(20_000))
    assert (A in store, C in store) == (True, False)


def test_many_variants_are_bounded() -> None:
    store = Store(10_000)
    for number in range(100):
        assert store.keep(A, entry(0, (("x", str(number)),)))
    assert store.find(A, {"x": "99"}) is not None
    assert store.find(A, {"x": "0"}) is None
    assert store.size <= 10_000
    store = Store(10**7)
    for number in range(100):
        store.keep(A, entry(0, (("x", str(number)),)))
    assert sum(store.find(A, {"x": str(number)}) is not None for number in range(100)) == 32


def test_an_address_is_forgotten_for_all_who_asked() -> None:
    store = Store(100_000)
    for key in (A, B, C):
        store.keep(key, entry())
    store.forget("http://a/")
    store.forget("http://b/")
    assert (A in store, B in store, C in store) == (False, False, True)
    assert store.size == entry().size
