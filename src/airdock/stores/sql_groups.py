"""What is done to groups in a transaction. Keys are as stored, items are sealed."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, and_, bindparam, delete, func, literal_column, select, update
from sqlalchemy import insert as plain_insert

from airdock.stores.statements import Row, Statement, Transaction
from airdock.stores.tables import GROUPS, ITEMS, OPEN

_C = GROUPS.c
_OPEN_HERE = and_(_C.space == bindparam("space"), _C.key == bindparam("key"), OPEN)
_CLOSED_HERE = and_(_C.id == bindparam("id"), _C.space == bindparam("space"), _C.claimed.is_not(None))
_ONE = literal_column("1", Integer)


def _closing(which: ColumnElement[bool]) -> Any:
    return update(GROUPS).values(claimed=bindparam("now"), note=bindparam("note")).where(which).returning(_C.id)


APPEND = Statement(
    lambda insert: (
        opened := insert(GROUPS).values(
            space=bindparam("space"), key=bindparam("key"), name=bindparam("name"), due=bindparam("due"),
            bytes=bindparam("bytes"), size=_ONE, attempt=_ONE, note=bindparam("note"),
        )
    )
    .on_conflict_do_update(
        index_elements=[_C.space, _C.key],
        index_where=OPEN,
        set_={
            "size": _C.size + _ONE,
            "bytes": _C.bytes + opened.excluded.bytes,
            "due": func.coalesce(opened.excluded.due, _C.due),
        },
    )
    .returning(_C.id, _C.size, _C.bytes)
)  # fmt: skip
APPEND_ITEM = Statement(
    lambda insert: plain_insert(ITEMS).values(
        group_id=bindparam("group_id"), number=bindparam("number"), item=bindparam("item")
    )
)
IS_OPEN = Statement(lambda insert: select(_C.id).where(_OPEN_HERE))
COUNT_OPEN = Statement(
    lambda insert: select(func.count()).select_from(GROUPS).where(_C.space == bindparam("space"), OPEN)
)
OPEN_ITEMS = Statement(
    lambda insert: (
        select(ITEMS.c.item)
        .where(ITEMS.c.group_id == select(_C.id).where(_OPEN_HERE).scalar_subquery())
        .order_by(ITEMS.c.number)
    )
)
ITEMS_OF = Statement(
    lambda insert: select(ITEMS.c.item).where(ITEMS.c.group_id == bindparam("id")).order_by(ITEMS.c.number)
)
CLOSE = Statement(lambda insert: _closing(_OPEN_HERE))
CLOSE_DUE = Statement(lambda insert: _closing(and_(_OPEN_HERE, _C.due <= bindparam("due_by"))))
DUE = Statement(
    lambda insert: (
        select(_C.key, _C.name)
        .where(_C.space == bindparam("space"), OPEN, _C.due <= bindparam("due_by"))
        .order_by(_C.due, _C.key)
        .limit(bindparam("limit"))
    )
)
ANY_DUE = Statement(
    lambda insert: (
        select(_C.key, _C.name)
        .where(_C.space == bindparam("space"), OPEN)
        .order_by(_C.due.is_(None), _C.due, _C.key)
        .limit(bindparam("limit"))
    )
)
CLAIM = Statement(
    lambda insert: (
        update(GROUPS)
        .values(claimed=bindparam("now"), attempt=_C.attempt + _ONE)
        .where(
            _C.id
            == select(_C.id)
            .where(_C.space == bindparam("space"), _C.claimed <= bindparam("before"))
            .order_by(_C.claimed, _C.id)
            .limit(_ONE)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        .returning(_C.id, _C.key, _C.name, _C.attempt, _C.note)
    )
)
RENEW = Statement(
    lambda insert: update(GROUPS).values(claimed=bindparam("now")).where(_CLOSED_HERE, _C.attempt == bindparam("held"))
)
FORGET = Statement(lambda insert: delete(GROUPS).where(_CLOSED_HERE))
FORGET_ITEMS = Statement(lambda insert: delete(ITEMS).where(ITEMS.c.group_id == bindparam("id")))


class Item(NamedTuple):
    """What is appended; `name` is the key, sealed, if what is stored does not tell it. `size` is of what was sealed."""

    item: bytes
    name: bytes | None
    size: int


class Bounds(NamedTuple):
    """What closes a group, and what becomes its note."""

    size: int | None
    length: int | None
    note: bytes


class Room:
    """How many groups may be opened in a space before they are counted again."""

    def __init__(self) -> None:
        self._left: dict[bytes, int] = {}

    def has(self, on: Transaction, space: bytes, key: bytes, most: int) -> bool:
        """Whether the group is open, or may be."""
        if self._left.get(space, 0) > 0 or on.first(IS_OPEN, space=space, key=key) is not None:
            return True
        (count,) = on.first(COUNT_OPEN, space=space) or (0,)
        # A part only, as other processes open groups, too; close to the bound each one is counted.
        self._left[space] = max(most - count + 15, 0) // 16
        return count < most

    def opened(self, space: bytes) -> None:
        if self._left.get(space, 0) > 0:
            self._left[space] -= 1


class Added(NamedTuple):
    """What an append did: `items` are those of the group if it was closed by it."""

    id: int
    size: int
    items: list[bytes] | None = None


def append(
    on: Transaction, space: bytes, key: bytes, item: Item, now: float, due: float | None, bounds: Bounds
) -> Added:
    row = on.first(APPEND, space=space, key=key, name=item.name, due=due, bytes=item.size, note=b"")
    id, size, length = row or (0, 0, 0)
    on.hold(APPEND_ITEM, group_id=id, number=size, item=item.item)
    if (bounds.size is None or size < bounds.size) and (bounds.length is None or length < bounds.length):
        return Added(id, size)
    on.first(CLOSE, space=space, key=key, now=now, note=bounds.note)
    return Added(id, size, items_of(on, id))


def close(
    on: Transaction, space: bytes, key: bytes, now: float, due_by: float | None, note: bytes
) -> tuple[int, list[bytes]] | None:
    """The id and the items of the group; None when it is not open, or not due."""
    if due_by is None:
        row = on.first(CLOSE, space=space, key=key, now=now, note=note)
    else:
        row = on.first(CLOSE_DUE, space=space, key=key, now=now, note=note, due_by=due_by)
    return None if row is None else (row[0], items_of(on, row[0]))


def items_of(on: Transaction, id: int) -> list[bytes]:
    on.flush()
    return [item for (item,) in on.all(ITEMS_OF, id=id)]


def open_items(on: Transaction, space: bytes, key: bytes) -> list[bytes]:
    on.flush()
    return [item for (item,) in on.all(OPEN_ITEMS, space=space, key=key)]


def first_due(on: Transaction, space: bytes, due_by: float | None, limit: int) -> list[Row]:
    """Key and name of each."""
    if due_by is None:
        return on.all(ANY_DUE, space=space, limit=limit)
    return on.all(DUE, space=space, due_by=due_by, limit=limit)


class Claimed(NamedTuple):
    id: int
    key: bytes
    name: bytes | None
    attempt: int
    note: bytes
    items: list[bytes]


def claim(on: Transaction, space: bytes, now: float, idle: float) -> Claimed | None:
    row = on.first(CLAIM, space=space, now=now, before=now - idle)
    if row is None:
        return None
    id, key, name, attempt, note = row
    return Claimed(id, key, name, attempt, note, items_of(on, id))


def renew(on: Transaction, space: bytes, id: int, attempt: int, now: float) -> bool:
    return on.change(RENEW, space=space, id=id, held=attempt, now=now) > 0


def confirm(on: Transaction, space: bytes, id: int) -> None:
    if on.change(FORGET, space=space, id=id):
        on.change(FORGET_ITEMS, id=id)
