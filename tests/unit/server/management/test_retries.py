"""What a retry tells, and the release that it may run on."""

from datetime import UTC, datetime
from typing import Any

import pytest

from airdock.agent.retrying import Retried
from airdock.errors import RefusedError
from airdock.repository import write_zip
from airdock.runlog import RunError, RunRecord
from airdock.server.management.retries import Retries, released
from airdock.triggers.http import Answer
from tests.unit.server.management.installation import SHOP, Installation

FAILED = RunRecord(
    "first", "shop/x.flow", "shop", datetime(2026, 1, 1, tzinfo=UTC), 0.5, "failed", release=3,
    error=RunError("shop.closed", "closed"), whole=True, retriable=True,
)  # fmt: skip


class Log:
    """A run log that keeps what it is told to."""

    def __init__(self, *kept: RunRecord) -> None:
        self.kept = {record.id: record for record in kept}
        self.flushed = False

    def snapshot(self, id: str) -> Any:
        if id not in self.kept:
            raise RefusedError("run.notRetriable", "it is not kept")
        return id

    def get(self, id: str) -> RunRecord | None:
        assert self.flushed
        return self.kept.get(id)

    def flush(self) -> bool:
        self.flushed = True
        return True


class Retrier:
    async def retry(self, snapshot: Any, version: str) -> Retried:
        return Retried("second", 2, str(snapshot), Answer(200, [], b""))


def retries(log: Log) -> Retries:
    return Retries(Retrier(), log, log)  # type: ignore[arg-type]


async def test_the_record_of_the_new_run_is_the_answer() -> None:
    second = RunRecord("second", "shop/x.flow", "shop", FAILED.start, 0.1, "failed", attempt=2, retry_of="first")
    assert await retries(Log(FAILED, second)).retry(FAILED, "current") is second


async def test_a_run_that_ended_well_and_is_not_kept_is_told_all_the_same() -> None:
    after = await retries(Log(FAILED)).retry(FAILED, "same")
    assert (after.id, after.attempt, after.retry_of, after.outcome) == ("second", 2, "first", "ok")
    assert (after.error, after.whole, after.retriable, after.flow) == (None, False, False, "shop/x.flow")


async def test_a_run_that_cannot_be_retried_is_refused() -> None:
    with pytest.raises(RefusedError, match="not kept"):
        await retries(Log()).retry(FAILED, "current")


async def test_an_earlier_release_is_read_with_its_contents(served: Installation) -> None:
    repository = served.parts.repository
    async with served.client() as client:
        query = {"message": "First"}
        await client.post("/registry/shop/publish", content=write_zip(SHOP), params=query)
    content = released(repository, "shop", 1)
    assert content is not None
    assert (content.release, content.read("shop/lib.js")) == (1, SHOP["lib.js"])
    assert released(repository, "shop", 2) is None
