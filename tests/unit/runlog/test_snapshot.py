"""What a retry goes on from."""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import pytest

from airdock.checkpoint import Checkpoint
from airdock.errors import FlowError, RefusedError
from airdock.exchange import Exchange
from airdock.request import Request
from airdock.runlog import RunLogError, RunStore
from airdock.runlog.snapshot import Snapshot, packed_snapshot
from airdock.sealer import Sealer
from tests.unit.runlog.books import Book, ReversingSealer, new_exchange

OpenBook = Callable[..., Book]


class Form(Request):
    """A form with a file."""

    FIELDS = {"a": "1", "f": {"filename": "x.txt", "contentType": "text/plain", "content": b"\xff"}}
    method, path, remote, user = "POST", "/services/flow/p/f.flow", "10.0.0.1", {"name": "ann", "roles": ["sales"]}

    @property
    def form(self) -> dict[str, Any]:
        return self.FIELDS

    @property
    def body(self) -> Any:
        return self.FIELDS


class Misfit(Request):
    """A request whose body does not fit its content type."""

    @property
    def body(self) -> Any:
        raise FlowError("request.body", "The body is not JSON.")


def failure(exchange: Exchange) -> FlowError:
    error = FlowError("step.failed", "it broke", step="2.1")
    error.checkpoint = Checkpoint.taken("2.1", exchange)
    error.checkpoint.around("2")
    return error


def kept(request: Request, limit: int = 2**20) -> Snapshot:
    exchange = new_exchange(request=request)
    packed, reason = packed_snapshot(exchange, failure(exchange).checkpoint, limit)
    assert reason == ""
    return Snapshot.unpacked(packed)


def test_a_form_is_kept_once_and_asked_as_before() -> None:
    request = kept(Form()).kept_request()
    assert request.body == request.form == Form.FIELDS
    assert request.body is request.form
    assert (request.method, request.path, request.remote, request.user) == (
        "POST",
        Form.path,
        "10.0.0.1",
        {"name": "ann", "roles": ["sales"]},
    )
    assert [request.parameter(name) for name in ("a", "f", "z")] == ["1", "x.txt", None]
    assert (request.query, request.queryAll, request.headers, request.params, request.cookies) == ({}, {}, {}, {}, {})
    assert not request.unread


def test_a_body_that_did_not_fit_does_not_fit_again() -> None:
    request = kept(Misfit()).kept_request()
    with pytest.raises(FlowError, match="not JSON") as error:
        _ = request.body
    assert error.value.code == "request.body"
    assert request.parameter("a") is None


def test_a_run_without_a_failed_step_has_none() -> None:
    assert packed_snapshot(new_exchange(), None, 1000) == (b"", "no step of it failed")


def test_what_is_too_large_is_told() -> None:
    exchange = new_exchange()
    exchange.body = "x" * 2000
    assert packed_snapshot(exchange, failure(exchange).checkpoint, 1000) == (b"", "it is larger than 1,000 bytes")


def test_it_is_stored_sealed_and_deleted_with_its_run(open_book: OpenBook) -> None:
    sealer: Sealer = ReversingSealer()
    book = open_book(sealer=sealer, max_age=3600.0, cleanup_interval=0.0)
    book.clock.unix = time.time()
    exchange = new_exchange()
    exchange.properties["note"] = "plain text"
    id = book.run(exchange=exchange, error=failure(exchange))
    book.flush()
    record = book.store.get(id)
    assert record is not None
    assert (record.retriable, record.not_retriable) == (True, "")
    snapshot = book.store.snapshot(id)
    assert (snapshot.run, snapshot.steps, snapshot.release) == (id, ["2", "2.1"], 3)
    assert snapshot.message["properties"] == {"note": "plain text"}
    stored = b"".join(path.read_bytes() for path in book.home.glob("runs.db*"))
    assert b"sealed:" in stored
    book.clock.unix += 10**10
    book.flush()
    book.flush()
    with pytest.raises(RefusedError, match=r"no run .* is kept"):
        book.store.snapshot(id)


def test_without_a_sealer_nothing_is_kept_and_it_says_so(book: Book) -> None:
    exchange = new_exchange()
    id = book.run(exchange=exchange, error=failure(exchange))
    ok = book.run(level="full")
    book.flush()
    with pytest.raises(RefusedError, match="cannot be retried: no key seals what a retry needs") as refused:
        book.store.snapshot(id)
    assert refused.value.code == "run.notRetriable"
    with pytest.raises(RefusedError, match="ended well"):
        book.store.snapshot(ok)
    with pytest.raises(RefusedError) as refused:
        book.store.snapshot("0" * 32)
    assert refused.value.code == "run.missing"


class BrokenSealer(ReversingSealer):
    def seal(self, plain: bytes) -> bytes:
        raise OSError("the key is away")


def test_a_sealer_that_fails_costs_the_retry_and_not_the_record(open_book: OpenBook) -> None:
    book = open_book(sealer=BrokenSealer())
    exchange = new_exchange()
    id = book.run(exchange=exchange, error=failure(exchange))
    book.flush()
    record = book.store.get(id)
    assert record is not None
    assert record.not_retriable == "what a retry needs could not be sealed: the key is away"


def test_it_opens_with_the_key_only(open_book: OpenBook) -> None:
    book = open_book(sealer=ReversingSealer())
    exchange = new_exchange()
    id = book.run(exchange=exchange, error=failure(exchange))
    book.flush()
    with pytest.raises(RefusedError, match="there is no key here"):
        RunStore(book.home).snapshot(id)


def test_one_that_stands_at_another_run_is_refused(open_book: OpenBook) -> None:
    book = open_book(sealer=ReversingSealer())
    ids = []
    for _ in range(2):
        exchange = new_exchange()
        ids.append(book.run(exchange=exchange, error=failure(exchange)))
    book.flush()
    with sqlite3.connect(book.home / "runs.db") as connection:
        connection.execute("UPDATE snapshots SET content = (SELECT content FROM snapshots ORDER BY id LIMIT 1)")
    connection.close()
    assert book.store.snapshot(ids[0]).run == ids[0]
    with pytest.raises(RunLogError, match="tampered"):
        book.store.snapshot(ids[1])


def test_a_flood_of_failures_keeps_no_more_than_so_much(open_book: OpenBook) -> None:
    book = open_book(sealer=ReversingSealer(), snapshot=10_000)
    ids = []
    for _ in range(10):
        exchange = new_exchange()
        exchange.body = "x" * 4000
        ids.append(book.run(exchange=exchange, error=failure(exchange)))
    book.flush()
    records = [book.store.get(id) for id in ids]
    reasons = [record.not_retriable for record in records if record is not None]
    assert reasons == [""] * 3 + ["too many runs of the flow failed within that second"] * 7


class Sent(Request):
    """A request with a body as it came and as it was parsed."""

    def __init__(self, content: bytes, body: Any, type: str = "application/json") -> None:
        self._content, self._body, self._type = content, body, type

    @property
    def headers(self) -> dict[str, Any]:
        return {"content-type": self._type}

    @property
    def content(self) -> bytes:
        return self._content

    @property
    def body(self) -> Any:
        if isinstance(self._body, FlowError):
            raise self._body
        return self._body

    @property
    def form(self) -> dict[str, Any]:
        return self._body if isinstance(self._body, dict) and "form" in self._type else {}


@pytest.mark.parametrize(
    "sent",
    [
        Sent(b"", None),
        Sent("grün".encode(), "grün", "text/plain"),
        Sent(b"\xff", b"\xff", "application/octet-stream"),
        Sent(b'{"a":[1]}', {"a": [1]}),
        Sent(b"a=1&a=2", {"a": "1"}, "application/x-www-form-urlencoded"),
        Sent(b"{", FlowError("request.body", "The body is not JSON.")),
    ],
)
def test_the_body_as_it_came_can_be_read_again(sent: Sent) -> None:
    request = kept(sent).kept_request()
    assert (request.content, request.content_type) == (sent.content, sent.headers["content-type"])


def test_a_body_keeps_the_content_type_that_marshal_gave_it() -> None:
    exchange = new_exchange()
    exchange.set_typed_body("<a/>", "application/xml")
    packed, _ = packed_snapshot(exchange, failure(exchange).checkpoint, 2**20)
    again = new_exchange()
    Snapshot.unpacked(packed).restore(again)
    assert (again.body, again.body_type) == ("<a/>", "application/xml")
    again.body = "text"
    assert again.body_type == ""
