"""Records on their way from the event loop to the writer."""

from collections import deque
from typing import Any

import msgspec

from airdock.errors import FlowError, described
from airdock.exchange import Exchange, Run
from airdock.response import ABSENT
from airdock.runlog.masking import MASK, Masker
from airdock.runlog.preview import preview, short_text
from airdock.runlog.records import ExchangeRecord, RunError, StoredSummary
from airdock.runlog.settings import RunLogSettings
from airdock.runlog.steps import LONGEST_MESSAGE

_LONGEST_PATH = 2000
_SMALL_BODY = 64 * 1024
_BYTES_OF_A_RECORD = 1000
_BYTES_OF_A_TRAIL_ENTRY = 48


class Pending(msgspec.Struct, gc=False):
    """What the writer needs to know of a run that has ended.

    Attributes:
        started, ended: ns of the clock that the trail was made with.
        summary: Already masked. exchange, cause, details: of a failed run, already masked.
        trail: None when the steps are not kept. trail_length: its length when the run ended.
        snapshot: What a retry needs, not sealed yet; empty where it is not kept. not_retriable: Why not.
        weight: Estimated bytes.
    """

    run: Run
    flow: str
    started: int
    ended: int
    summary: StoredSummary
    exchange: ExchangeRecord | None = None
    cause: str = ""
    details: Any = None
    trail: list[Any] | None = None
    trail_length: int = 0
    snapshot: bytes = b""
    not_retriable: str = ""
    weight: int = _BYTES_OF_A_RECORD


class Queue:
    """A bounded queue with one appending thread (the event loop) and one taking thread (the writer), without a lock.

    Each of the two changes only its own counter, so neither can lose the other's changes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._records: deque[Pending] = deque()
        self._added = 0
        self._removed = 0

    def __len__(self) -> int:
        return len(self._records)

    def put(self, record: Pending) -> bool:
        """Appends; False, and nothing appended, when the queue is full."""
        if self._added - self._removed + record.weight > self._limit:
            return False
        self._added += record.weight
        self._records.append(record)
        return True

    def take(self, most: int) -> list[Pending]:
        """Takes out up to `most` records. They count as waiting until `done` is called."""
        records = self._records
        return [records.popleft() for _ in range(min(most, len(records)))]

    def done(self, batch: list[Pending]) -> None:
        """Forgets records that are stored, or given up."""
        self._removed += sum(record.weight for record in batch)


def plain_record(masker: Masker, flow: str, exchange: Exchange, started: int, ended: int) -> Pending:
    """The record of a successful run without its steps."""
    return Pending(exchange.run, flow, started, ended, summary_of(masker, exchange, None))


def with_steps(record: Pending, trail: list[Any] | None) -> Pending:
    """The record, with the steps of the trail."""
    if trail is not None:
        record.trail = trail
        record.trail_length = len(trail)
        record.weight += record.trail_length * _BYTES_OF_A_TRAIL_ENTRY
    return record


def failed_record(masker: Masker, flow: str, exchange: Exchange, started: int, ended: int, error: FlowError) -> Pending:
    """The record of a failed run without its steps and its exchange."""
    message = short_text(masker, error.message, LONGEST_MESSAGE)
    stored = RunError(short_text(masker, error.code, 200), message, error.step, error.status)
    return Pending(exchange.run, flow, started, ended, summary_of(masker, exchange, stored))


def whole_record(
    masker: Masker,
    flow: str,
    exchange: Exchange,
    started: int,
    ended: int,
    error: FlowError,
    settings: RunLogSettings,
) -> Pending:
    """The record of a failed run with its steps and its exchange as it is now."""
    record = with_steps(failed_record(masker, flow, exchange, started, ended, error), exchange.trail)
    cause = error.__cause__
    record.cause = "" if cause is None else short_text(masker, described(cause), LONGEST_MESSAGE)
    record.details = preview(masker, error.details, LONGEST_MESSAGE) if error.details else None
    record.exchange = _exchange(masker, exchange, settings.preview)
    record.weight += 4 * settings.preview
    return record


def with_snapshot(record: Pending, snapshot: bytes, not_retriable: str) -> Pending:
    """The record, with what a retry needs, or why there is none."""
    record.snapshot, record.not_retriable = snapshot, not_retriable
    record.weight += len(snapshot)
    return record


def summary_of(masker: Masker, exchange: Exchange, error: RunError | None = None) -> StoredSummary:
    """What a list shows of a run, masked."""
    run, request = exchange.run, exchange.request
    try:
        method, path, remote = request.method, _path(masker, exchange), request.remote
    except Exception as failure:  # noqa: BLE001 -- a request that cannot be read must not fail a run that has ended
        method, path, remote = "", f"<unreadable: {type(failure).__name__}>", ""
    origin = (run.retry_of, run.parent, run.step)
    return StoredSummary(run.project, run.release, run.attempt, method, path, remote, error, *origin)


def _path(masker: Masker, exchange: Exchange) -> str:
    """The address without what stands for parts of a secret name, such as `/reset/{token}`."""
    path = exchange.request.path
    for name, value in exchange.request.params.items():
        if value and masker.is_secret(name):
            path = path.replace(f"/{value}", f"/{MASK}")
    return short_text(masker, path, _LONGEST_PATH)


def _exchange(masker: Masker, exchange: Exchange, limit: int) -> ExchangeRecord:
    request, document = exchange.request, exchange.document
    try:
        headers = document.get("headers", ABSENT)
        headers = request.headers if headers is ABSENT else headers
        parts: tuple[Any, ...] = (_body(exchange), headers, request.query, request.params, request.user)
    except Exception as failure:  # noqa: BLE001 -- as above; the record says so
        parts = (f"<unreadable: {described(failure)}>", None, None, None, None)
    sizes = (limit, limit // 2, limit // 4, limit // 4, limit // 8)
    body, headers, query, params, user = (preview(masker, part, size) for part, size in zip(parts, sizes, strict=True))
    properties = preview(masker, exchange.properties, limit)
    return ExchangeRecord(body, headers, properties, query, params, user, exchange.response.status)


def _body(exchange: Exchange) -> Any:
    """The body, if a step has used it or it is small: a large one is not parsed only to be cut."""
    document, request = exchange.document, exchange.request
    body = document.get("body", ABSENT)
    if body is not ABSENT:
        return body
    if request.unread:
        return "<not read>"
    length = str(request.headers.get("content-length", "0"))
    if length.isdecimal() and int(length) > _SMALL_BODY:
        return f"<not read, {length} bytes>"
    return exchange.body
