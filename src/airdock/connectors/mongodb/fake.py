"""A MongoDB in memory, with the operators that most filters and updates need."""

import operator
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from itertools import count
from typing import Any

from airdock.connectors.mongodb.client import MongoDbClient
from airdock.errors import FlowError

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}


class FakeMongoDb(MongoDbClient):
    """Documents by collection, until the client is closed."""

    def __init__(self) -> None:
        self.name = "fake"
        self.timeout = 10.0
        self._collections: dict[str, list[dict[str, Any]]] = {}
        self._numbers = count(1)

    async def check(self) -> None:
        """It is always there."""

    async def close(self) -> None:
        self._collections.clear()

    async def find(self, collection: str, filter_: Any, sort: dict[str, int], most: int) -> list[Any]:
        found = [each for each in self._at(collection) if fits(each, filter_)]
        return deepcopy(_sorted(found, sort)[:most])

    async def aggregate(self, collection: str, pipeline: list[Any], most: int) -> list[Any]:
        found = list(self._at(collection))
        for stage in pipeline:
            [(name, value)] = stage.items()
            if name == "$match":
                found = [each for each in found if fits(each, value)]
            elif name == "$sort":
                found = _sorted(found, value)
            elif name == "$limit":
                found = found[:value]
            else:
                raise _unknown(name)
        return deepcopy(found[:most])

    async def insert(self, collection: str, documents: list[Any]) -> list[Any]:
        ids = []
        for document in documents:
            made = {"_id": f"{next(self._numbers):024x}", **deepcopy(document)}
            if any(each["_id"] == made["_id"] for each in self._at(collection)):
                raise FlowError("connector.mongodb.constraint", f"{self.name}: duplicate key: {made['_id']}")
            self._at(collection).append(made)
            ids.append(made["_id"])
        return ids

    async def update(self, collection: str, filter_: Any, update: Any, upsert: bool, many: bool) -> dict[str, Any]:
        found = [each for each in self._at(collection) if fits(each, filter_)][: None if many else 1]
        modified = 0
        for document in found:
            before = deepcopy(document)
            _change(document, update)
            modified += document != before
        upserted = None
        if not found and upsert:
            made = {key: value for key, value in filter_.items() if not key.startswith("$") and not _operators(value)}
            _change(made, update)
            [upserted] = await self.insert(collection, [made])
        return {"matched": len(found), "modified": modified, "upsertedId": upserted}

    async def delete(self, collection: str, filter_: Any, many: bool) -> int:
        found = [each for each in self._at(collection) if fits(each, filter_)][: None if many else 1]
        self._collections[collection] = [each for each in self._at(collection) if each not in found]
        return len(found)

    def _at(self, collection: str) -> list[dict[str, Any]]:
        return self._collections.setdefault(collection, [])


def fits(document: dict[str, Any], filter_: dict[str, Any]) -> bool:
    """Whether a filter takes a document."""
    for key, wanted in filter_.items():
        if key in ("$and", "$or"):
            if not (all if key == "$and" else any)(fits(document, each) for each in wanted):
                return False
        elif key.startswith("$"):
            raise _unknown(key)
        elif not _takes(_value(document, key), wanted):
            return False
    return True


def _takes(value: Any, wanted: Any) -> bool:
    if not _operators(wanted):
        return value == wanted or (isinstance(value, list) and wanted in value)
    return all(_compares(name, value, each) for name, each in wanted.items())


def _compares(name: str, value: Any, wanted: Any) -> bool:
    if name in ("$eq", "$ne"):
        return _takes(value, wanted) == (name == "$eq")
    if name in ("$in", "$nin"):
        return any(_takes(value, each) for each in wanted) == (name == "$in")
    if name == "$exists":
        return (value is not None) == bool(wanted)
    if name in _COMPARED:
        return type(value) is type(wanted) and _COMPARED[name](value, wanted)
    raise _unknown(name)


def _operators(value: Any) -> bool:
    return isinstance(value, dict) and any(key.startswith("$") for key in value)


def _value(document: Any, path: str) -> Any:
    for key in path.split("."):
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _change(document: dict[str, Any], update: dict[str, Any]) -> None:
    for name, values in update.items():
        for key, value in values.items():
            *way, last = key.split(".")
            inside = document
            for each in way:
                inside = inside.setdefault(each, {})
            if name == "$set":
                inside[last] = deepcopy(value)
            elif name == "$unset":
                inside.pop(last, None)
            elif name == "$inc":
                inside[last] = inside.get(last, 0) + value
            elif name == "$push":
                inside.setdefault(last, []).append(deepcopy(value))
            else:
                raise _unknown(name)


def _sorted(documents: list[dict[str, Any]], sort: dict[str, int]) -> list[dict[str, Any]]:
    for key, direction in reversed(sort.items()):
        without = [each for each in documents if _value(each, key) is None]
        having = [each for each in documents if _value(each, key) is not None]
        having.sort(key=partial(_value, path=key), reverse=direction < 0)
        documents = without + having if direction > 0 else having + without
    return documents


def _unknown(name: str) -> FlowError:
    return FlowError("connector.mongodb.command", f"the fake of MongoDB does not know `{name}`: use a mock")
