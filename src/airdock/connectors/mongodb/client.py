"""What reaches MongoDB."""

import contextlib
from typing import Any

from airdock.connectors.errors import refused, unavailable
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError


class MongoDbClient:
    """A database of MongoDB.

    Attributes:
        name: The connection's. timeout: Seconds that an operation may take.
    """

    def __init__(self, name: str, client: Any, database: str, timeout: float) -> None:
        self.name = name
        self.timeout = timeout
        self._client = client
        self._database = client[database]

    async def check(self) -> None:
        await self._done(self._database.command("ping"))

    async def close(self) -> None:
        with contextlib.suppress(Exception):
            await within(5.0, self._client.close())

    async def find(self, collection: str, filter_: Any, sort: dict[str, int], most: int) -> list[Any]:
        """The documents that fit, so many at most."""
        cursor = self._database[collection].find(filter_, sort=list(sort.items()) or None, limit=most)
        return await self._all(cursor, most)

    async def aggregate(self, collection: str, pipeline: list[Any], most: int) -> list[Any]:
        cursor = await self._done(self._database[collection].aggregate(pipeline))
        return await self._all(cursor, most)

    async def insert(self, collection: str, documents: list[Any]) -> list[Any]:
        """The ids of the documents."""
        done = await self._done(self._database[collection].insert_many(documents))
        return list(done.inserted_ids)

    async def update(self, collection: str, filter_: Any, update: Any, upsert: bool, many: bool) -> dict[str, Any]:
        at = self._database[collection]
        done = await self._done((at.update_many if many else at.update_one)(filter_, update, upsert=upsert))
        return {"matched": done.matched_count, "modified": done.modified_count, "upsertedId": done.upserted_id}

    async def delete(self, collection: str, filter_: Any, many: bool) -> int:
        at = self._database[collection]
        done = await self._done((at.delete_many if many else at.delete_one)(filter_))
        count: int = done.deleted_count
        return count

    async def _all(self, cursor: Any, most: int) -> list[Any]:
        try:
            found: list[Any] = await self._done(cursor.to_list(most))
            return found
        finally:
            with contextlib.suppress(Exception):
                await cursor.close()

    async def _done(self, work: Any) -> Any:
        try:
            return await within(self.timeout, work)
        except DeadlineError:
            message = f"{self.name}: the answer took longer than {self.timeout:g} s"
            raise FlowError("connector.timeout", message) from None
        except Exception as error:
            raise told(self.name, error) from error


def told(name: str, error: Exception) -> FlowError:
    """The error for what pymongo raised."""
    from pymongo import errors

    if isinstance(error, FlowError):
        return error
    text = " ".join(str(error).split())[:500] or type(error).__name__
    if isinstance(error, errors.ExecutionTimeout | errors.NetworkTimeout):
        return FlowError("connector.timeout", f"{name}: {text}")
    if isinstance(error, errors.ConnectionFailure | OSError):
        return unavailable(name, text)
    if isinstance(error, errors.OperationFailure):
        writes = (error.details or {}).get("writeErrors") or [{}]
        code = writes[0].get("code", error.code)
        if code in (11, 13, 18):
            return refused(name, text)
        if code in (11000, 121):
            return FlowError("connector.mongodb.constraint", f"{name}: {writes[0].get('errmsg', text)[:500]}")
    return FlowError("connector.mongodb.command", f"{name}: {text}")
