"""The copy of an exchange in a failed run's record: masked, bounded, never in the way."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.request import Request
from airdock.runlog import Masker, RunLogSettings
from airdock.runlog.pending import whole_record
from airdock.runlog.preview import preview
from airdock.runlog.rows import run_row
from tests.unit.runlog.books import Book, new_exchange
from tests.unit.runlog.planted import SECRET, shapes

BROKEN = FlowError("step.failed", "it broke")
MASKER = Masker()


class Hostile(dict[str, Any]):
    def items(self) -> Any:
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("value", "copy"),
    [
        (None, None),
        (True, True),
        (2**64 + 1, 2**64 + 1),
        (2**5000, "<integer, 5001 bits>"),
        (b"abc", "<bytes, 3>"),
        (("a", 1, 2.5), ["a", 1, 2.5]),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02 00:00:00+00:00"),
        (Decimal("1.10"), "1.10"),
        (object(), "<object>"),
        (iter([1]), "<list_iterator>"),
        ({1: "a"}, {"1": "a"}),
        ("\ud800", "?"),
        ({"password": None, "token": ""}, {"password": None, "token": "***"}),
        (Hostile(a=1), "<unreadable: RuntimeError>"),
    ],
)
def test_a_value_is_copied_into_what_json_can_hold(value: Any, copy: Any) -> None:
    assert preview(MASKER, value, 1000) == copy


def test_what_is_too_long_is_cut_and_says_so() -> None:
    assert preview(MASKER, "x" * 50_000, 10) == "x" * 10 + "… (50000 characters)"
    assert preview(MASKER, list(range(1000)), 100)[-1].startswith("… ")
    assert preview(MASKER, {str(i): i for i in range(1000)}, 100)["…"].endswith(" more")


def test_a_secret_across_the_cut_is_not_half_shown() -> None:
    address = "https://me:" + "s3cr3t" * 2000 + "@host/"
    assert "s3cr3t" not in preview(MASKER, address, 100)
    assert "s3cr3t" not in preview(MASKER, "x" * 90 + " password=" + "s3cr3t" * 2000, 100)


def test_deep_nesting_ends_somewhere() -> None:
    value: Any = 1
    for _ in range(10_000):
        value = [value]
    msgspec.json.encode(preview(MASKER, value, 1000))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=50,
)


@given(json_values, st.integers(0, 400))
def test_a_copy_is_encodable_and_bounded(value: Any, limit: int) -> None:
    encoded = msgspec.json.encode(preview(MASKER, value, limit))
    assert len(encoded) < 6 * limit + 500


@given(shapes(SECRET))
def test_a_planted_secret_is_never_copied(value: Any) -> None:
    assert SECRET.encode() not in msgspec.json.encode(preview(MASKER, value, 16_000))


class Order(Request):
    """A request that carries a secret wherever one can stand."""

    method = "POST"
    path = f"/services/flow/shop/orders.flow/password={SECRET}/7/{SECRET}"
    params = {"resetToken": SECRET, "id": "7"}
    remote = "10.1.2.3"
    user = {"name": "bea", "token": SECRET}

    @property
    def query(self) -> dict[str, str]:
        return {"api_key": SECRET, "a": "1"}

    @property
    def headers(self) -> dict[str, Any]:
        return {"authorization": f"Bearer {SECRET}", "cookie": [f"a={SECRET}"], "content-length": "10", "x-a": "1"}

    @property
    def body(self) -> Any:
        return {"order": 7, "password": SECRET}


def test_a_planted_secret_is_nowhere_in_the_stored_bytes(book: Book) -> None:
    exchange = new_exchange(request=Order())
    exchange.properties["credentials"] = {"user": SECRET}
    error = FlowError("connector.http", f"401 from https://me:{SECRET}@api/", details={"clientSecret": SECRET})
    error.__cause__ = ValueError(f"Authorization: Basic {SECRET}")
    id = book.run(exchange=exchange, error=error)
    book.flush()
    assert SECRET.encode() not in book.everything()
    record = book.store.get(id)
    assert record is not None
    assert record.exchange is not None
    assert record.exchange.body == {"order": 7, "password": "***"}
    assert record.exchange.query == {"api_key": "***", "a": "1"}
    assert record.exchange.headers["x-a"] == "1"
    assert record.exchange.properties == {"credentials": "***"}
    assert (record.method, record.remote) == ("POST", "10.1.2.3")
    assert record.path == "/services/flow/shop/orders.flow/password=***"
    assert record.exchange.params == {"resetToken": "***", "id": "7"}
    assert record.cause == "ValueError: Authorization: ***"
    assert record.details == {"clientSecret": "***"}


@given(shapes(SECRET), st.sampled_from(["body", "property"]))
def test_a_planted_secret_never_reaches_the_record(value: Any, where: str) -> None:
    exchange = new_exchange()
    if where == "body":
        exchange.body = value
    else:
        exchange.properties["p"] = value
    record = whole_record(MASKER, "shop/orders.flow", exchange, 0, 1, BROKEN, RunLogSettings())
    row = run_row(record, MASKER, 500)
    assert row[5] is not None
    assert SECRET.encode() not in row[4] + row[5]


def test_the_exchange_is_kept_as_it_was_at_the_failure(book: Book) -> None:
    exchange = new_exchange()
    exchange.body = {"state": ["before"]}
    id = book.run(exchange=exchange, error=BROKEN)
    exchange.body["state"].append("after")
    book.flush()
    record = book.store.get(id)
    assert record is not None
    assert record.exchange is not None
    assert record.exchange.body == {"state": ["before"]}


class Unread(Request):
    unread = True


class Large(Request):
    @property
    def headers(self) -> dict[str, Any]:
        return {"content-length": "9000000"}

    @property
    def body(self) -> Any:
        raise AssertionError("a large body must not be parsed for the run log")


class Malformed(Request):
    @property
    def body(self) -> Any:
        raise FlowError("request.body", "not JSON")


@pytest.mark.parametrize(
    ("request_", "body"),
    [
        (Request(), None),
        (Unread(), "<not read>"),
        (Large(), "<not read, 9000000 bytes>"),
        (Malformed(), "<unreadable: FlowError: not JSON>"),
    ],
)
def test_a_body_that_no_step_used(open_book: Callable[..., Book], request_: Request, body: Any) -> None:
    book = open_book()
    id = book.run(exchange=new_exchange(request=request_), error=BROKEN)
    book.flush()
    record = book.store.get(id)
    assert record is not None
    assert record.exchange is not None
    assert record.exchange.body == body
