"""Retrying failed runs in the process of the management port."""

import asyncio
from collections.abc import Mapping

import msgspec

from airdock.agent.content import Content
from airdock.agent.repository import content_of
from airdock.agent.retrying import Retried, Retrier, Version
from airdock.repository import InRegistry, Repository, RepositoryError
from airdock.runlog import RunLog, RunRecord, RunStore


class Retries:
    """Goes on with failed runs, and tells the record of what came of it."""

    def __init__(self, retrier: Retrier, store: RunStore, runlog: RunLog) -> None:
        self._retrier = retrier
        self._store = store
        self._runlog = runlog

    async def retry(self, record: RunRecord, version: Version) -> RunRecord:
        """The record of the new run, once it has ended.

        Raises:
            RefusedError: `run.notRetriable`, with the reason.
        """
        snapshot = await asyncio.to_thread(self._store.snapshot, record.id)
        retried = await self._retrier.retry(snapshot, version)
        return await asyncio.to_thread(self._record, record, retried)

    def _record(self, before: RunRecord, retried: Retried) -> RunRecord:
        self._runlog.flush()
        found = self._store.get(retried.run)
        if found is not None:
            return found
        # Successful runs beyond a budget are counted and not kept.
        changed = {"id": retried.run, "attempt": retried.attempt, "retry_of": retried.retry_of}
        return msgspec.structs.replace(before, **changed, **_ENDED_WELL)


_ENDED_WELL: Mapping[str, object] = {
    "outcome": "ok",
    "error": None,
    "whole": False,
    "steps": [],
    "steps_omitted": 0,
    "exchange": None,
    "cause": "",
    "details": None,
    "retriable": False,
    "not_retriable": "",
}


def released(repository: Repository, project: str, number: int) -> Content | None:
    """A project in one of its releases; None when there is none. Its contents are read at once, as runs must not wait.

    Raises:
        DatabaseError: it cannot be read now.
    """
    side = InRegistry(project, number)
    try:
        files, contents = repository.files(side), repository.contents(side)
    except RepositoryError:
        return None
    by_blob = {file.etag: contents[file.path] for file in files}
    return content_of(project, {file.path: file.etag for file in files}, by_blob.__getitem__, number)
