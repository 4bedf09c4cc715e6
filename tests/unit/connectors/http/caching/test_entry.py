from email.utils import formatdate
from typing import Any

import pytest

from airdock.connectors.http.caching.directives import Directives
from airdock.connectors.http.caching.entry import (
    Entry,
    Moment,
    entry_of,
    freshened,
    lifetime_of,
    may_be_kept,
    nominated_by,
)

NOW = 1_700_000_000.0


def at(seconds: float) -> str:
    return formatdate(NOW + seconds, usegmt=True)


def made(headers: dict[str, Any], private: bool = False, delay: float = 0.0, status: int = 200) -> Entry | None:
    return entry_of(status, headers, b"x", (), Moment(NOW, 50.0, delay), private)


# RFC 9111, 3: storing. `authorized`, `private` of the cache.
KEPT = [
    ("explicitly fresh", 200, {"cache-control": "max-age=1"}, False, False, True),
    ("cacheable by its status", 200, {}, False, False, True),
    ("not by its status", 403, {}, False, False, False),
    ("by what it says", 403, {"cache-control": "max-age=1"}, False, False, True),
    ("by its date", 500, {"expires": at(9)}, False, False, True),
    ("public", 403, {"cache-control": "public"}, False, False, True),
    ("no-store", 200, {"cache-control": "max-age=1, no-store"}, False, False, False),
    ("no-store in a second header", 200, {"cache-control": ["max-age=1", "No-Store"]}, False, False, False),
    ("private", 200, {"cache-control": "private, max-age=1"}, False, False, False),
    ("private, in a private cache", 200, {"cache-control": "private, max-age=1"}, False, True, True),
    ("private by field", 200, {"cache-control": 'private="x-a", max-age=1'}, False, False, True),
    ("with a cookie", 200, {"cache-control": "public, max-age=1", "set-cookie": "a=1"}, False, False, False),
    ("with a cookie, in a private cache", 200, {"set-cookie": "a=1"}, False, True, True),
    ("but for its cookie", 200, {"cache-control": 'no-cache="Set-Cookie"', "set-cookie": "a=1"}, False, False, True),
    ("authorized", 200, {"cache-control": "max-age=1"}, True, False, False),
    ("authorized, public", 200, {"cache-control": "max-age=1, public"}, True, False, True),
    ("authorized, s-maxage", 200, {"cache-control": "s-maxage=1"}, True, False, True),
    ("authorized, must-revalidate", 200, {"cache-control": "max-age=1, must-revalidate"}, True, False, True),
    ("authorized, in a private cache", 200, {"cache-control": "max-age=1"}, True, True, True),
    ("s-maxage says nothing to a private cache", 403, {"cache-control": "s-maxage=1"}, False, True, False),
    ("a part", 206, {"cache-control": "max-age=1"}, False, False, False),
    ("not modified", 304, {"cache-control": "max-age=1"}, False, False, False),
    ("understood", 200, {"cache-control": "max-age=1, must-understand, no-store"}, False, False, True),
    ("not understood", 299, {"cache-control": "max-age=1, must-understand"}, False, False, False),
]


@pytest.mark.parametrize(("case", "status", "headers", "authorized", "private", "kept"), KEPT, ids=[k[0] for k in KEPT])
def test_what_may_be_kept(
    case: str, status: int, headers: dict[str, Any], authorized: bool, private: bool, kept: bool
) -> None:
    assert may_be_kept(status, headers, authorized, private) is kept


# RFC 9111, 4.2.1: the lifetime. Without one nothing is guessed (4.2.2).
LIFETIMES = [
    ("max-age", {"cache-control": "max-age=60"}, False, 60),
    ("s-maxage stands above", {"cache-control": "max-age=60, s-maxage=10"}, False, 10),
    ("not in a private cache", {"cache-control": "max-age=60, s-maxage=10"}, True, 60),
    ("expires", {"date": at(-5), "expires": at(55)}, False, 60),
    ("expires without a date", {"expires": at(30)}, False, 30),
    ("max-age stands above", {"expires": at(999), "cache-control": "max-age=1"}, False, 1),
    ("no date is long past", {"expires": "0"}, False, 0),
    ("neither is any other text", {"expires": "soon"}, False, 0),
    ("past", {"expires": at(-9)}, False, 0),
    ("asctime", {"date": "Tue Nov 14 22:13:20 2023", "expires": "Tue Nov 14 22:14:20 2023"}, False, 60),
    ("nothing", {"last-modified": at(-1e6)}, False, 0),
    ("no number", {"cache-control": "max-age=soon"}, False, 0),
]


@pytest.mark.parametrize(("case", "headers", "private", "seconds"), LIFETIMES, ids=[each[0] for each in LIFETIMES])
def test_lifetimes(case: str, headers: dict[str, Any], private: bool, seconds: float) -> None:
    dated = NOW - 5 if "date" in headers and "20" not in headers["date"][-4:] else NOW
    told = Directives(headers.get("cache-control"))
    assert lifetime_of(headers, told, dated, private) == pytest.approx(seconds, abs=0.01)


def test_the_age_is_the_largest_that_can_be_meant() -> None:
    fresh = {"cache-control": "max-age=100"}
    for headers, delay, age in [
        ({}, 0.0, 0.0),
        ({"date": at(-7)}, 0.0, 7.0),
        ({"date": at(60)}, 0.0, 0.0),
        ({"age": "30", "date": at(-7)}, 2.0, 32.0),
        ({"age": "old"}, 1.0, 1.0),
        ({"age": "5" * 30}, 1.0, 1.0),
    ]:
        entry = made({**fresh, **headers}, delay=delay)
        assert entry is not None
        assert entry.age == pytest.approx(age, abs=0.01)
        assert entry.left(50.0 + 10) == pytest.approx(90.0 - age, abs=0.01)


def test_what_is_of_no_use_is_not_kept() -> None:
    assert made({}) is None
    assert made({"cache-control": "max-age=10", "age": "10"}) is None
    for header in ("etag", "last-modified"):
        entry = made({header: '"1"'})
        assert entry is not None
        assert (entry.lifetime, list(entry.validators.values())) == (0.0, ['"1"'])


def test_headers_that_are_not_kept() -> None:
    headers = {
        "etag": '"1"', "x-a": "1", "x-b": "2", "x-c": "3", "transfer-encoding": "chunked", "connection": "X-C",
        "cache-control": 'private="X-A", no-cache="x-b"', "link": ["a", "b"],
    }  # fmt: skip
    entry, own = made(headers), made(headers, private=True)
    assert entry is not None
    assert own is not None
    assert entry.headers.keys() == {"etag", "cache-control", "link"}
    assert own.headers.keys() == {"etag", "cache-control", "link", "x-a"}
    assert (entry.revalidated, entry.headers["link"] is headers["link"]) == (False, False)


@pytest.mark.parametrize(
    ("control", "private", "revalidated", "strict"),
    [
        ("max-age=1", False, False, False),
        ("no-cache", False, True, False),
        ("max-age=1, must-revalidate", True, False, True),
        ("max-age=1, proxy-revalidate", False, False, True),
        ("max-age=1, proxy-revalidate", True, False, False),
        ("s-maxage=1", False, False, True),
    ],
)
def test_what_must_be_asked_about(control: str, private: bool, revalidated: bool, strict: bool) -> None:
    entry = made({"etag": "x", "cache-control": control}, private)
    assert entry is not None
    assert (entry.revalidated, entry.strict) == (revalidated, strict)


def test_requests_for_which_an_answer_stands() -> None:
    sent = {"accept": "text/csv", "x-a": "1"}
    assert nominated_by({}, sent) == ()
    assert nominated_by({"vary": "*"}, sent) is None
    assert nominated_by({"vary": ["Accept", "X-B, *"]}, sent) is None
    entry = made({"etag": "x"})
    assert entry is not None
    entry.nominated = nominated_by({"vary": "Accept , X-B"}, sent) or ()
    assert entry.stands_for({"accept": "text/csv"})
    assert not entry.stands_for({"accept": "text/plain"})
    assert not entry.stands_for({"accept": "text/csv", "x-b": "1"})


def test_a_304_freshens() -> None:
    entry = made({"etag": 'W/"1"', "content-type": "a/b", "x-a": "1", "cache-control": "max-age=1", "age": "5"})
    assert entry is not None
    assert entry.is_meant({})
    assert entry.is_meant({"etag": '"1"'})
    assert not entry.is_meant({"etag": '"2"'})
    told = {"x-a": "2", "content-type": "c/d", "cache-control": "max-age=50"}
    fresh = freshened(entry, told, Moment(NOW, 90.0), False)
    assert fresh is not None
    assert (fresh.age, fresh.lifetime, fresh.content) == (0.0, 50.0, b"x")
    assert (fresh.headers["x-a"], fresh.headers["content-type"]) == ("2", "a/b")
    assert freshened(entry, {"cache-control": "no-store"}, Moment(NOW, 90.0), False) is None
    for private, kept in ((False, False), (True, True)):
        fresh = freshened(entry, {"set-cookie": "a=1"}, Moment(NOW, 90.0), private)
        assert fresh is not None
        assert ("set-cookie" in fresh.headers) is kept
