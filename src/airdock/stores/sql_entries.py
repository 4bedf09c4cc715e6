"""What is done to entries in a transaction. Keys are as stored, values are sealed."""

import os
from typing import NamedTuple

from sqlalchemy import and_, bindparam, delete, func, or_, select, tuple_, update

from airdock.stores.statements import Row, Statement, Transaction
from airdock.stores.tables import ENTRIES, GROUPS, OPEN

PURGED_AT_ONCE = 1000

_C = ENTRIES.c
_HERE = and_(_C.space == bindparam("space"), _C.key == bindparam("key"))
_LIVES = or_(_C.expires.is_(None), _C.expires > bindparam("now"))
_COLUMNS = ("space", "key", "name", "revision", "expires", "value")
_WRITTEN = ("name", "revision", "expires", "value")

GET = Statement(lambda insert: select(_C.value, _C.revision, _C.expires).where(_HERE, _LIVES))
ADD = Statement(
    lambda insert: (
        added := insert(ENTRIES).values({name: bindparam(name) for name in _COLUMNS})
    ).on_conflict_do_update(
        index_elements=[_C.space, _C.key],
        set_={name: added.excluded[name] for name in _WRITTEN},
        # One that has expired is not there, whether it was purged or not.
        where=_C.expires <= bindparam("now"),
    )
)
PUT = Statement(
    lambda insert: (put := insert(ENTRIES).values({name: bindparam(name) for name in _COLUMNS})).on_conflict_do_update(
        index_elements=[_C.space, _C.key], set_={name: put.excluded[name] for name in _WRITTEN}
    )
)
REPLACE = Statement(
    lambda insert: (
        update(ENTRIES)
        .values(value=bindparam("value"), revision=bindparam("revision"), expires=bindparam("expires"))
        .where(_HERE, _C.revision == bindparam("before"), _LIVES)
    )
)
REMOVE = Statement(lambda insert: delete(ENTRIES).where(_HERE))
REMOVE_REVISION = Statement(lambda insert: delete(ENTRIES).where(_HERE, _C.revision == bindparam("revision")))
PAGE = Statement(
    lambda insert: (
        select(_C.key, _C.name, _C.value, _C.revision, _C.expires)
        .where(_C.space == bindparam("space"), _C.key > bindparam("after"), _LIVES)
        .order_by(_C.key)
        .limit(bindparam("limit"))
    )
)
FIRST = Statement(lambda insert: select(_C.key, _C.name, _C.value, _C.revision, _C.expires).where(_HERE, _LIVES))
EXPIRING = Statement(
    lambda insert: (
        select(_C.key, _C.name)
        .where(_C.space == bindparam("space"), _C.expires.is_not(None))
        .order_by(_C.expires, _C.key)
        .limit(bindparam("limit"))
    )
)
COUNT = Statement(
    lambda insert: select(
        select(func.count()).select_from(ENTRIES).where(_C.space == bindparam("space"), _LIVES).scalar_subquery()
        + select(func.count()).select_from(GROUPS).where(GROUPS.c.space == bindparam("space"), OPEN).scalar_subquery()
    )
)
PURGE = Statement(
    lambda insert: delete(ENTRIES).where(
        tuple_(_C.space, _C.key).in_(
            select(_C.space, _C.key)
            .where(_C.expires <= bindparam("now"))
            .order_by(_C.expires)
            .limit(PURGED_AT_ONCE)
            # What another process is at is not waited for.
            .with_for_update(skip_locked=True)
        )
    )
)


class Sealed(NamedTuple):
    """An entry as it is written; `name` is its key, sealed, if what is stored does not tell it."""

    value: bytes
    name: bytes | None
    expires: float | None


def add(on: Transaction, space: bytes, key: bytes, entry: Sealed, now: float) -> int:
    revision = _new_revision()
    added = on.change(ADD, space=space, key=key, revision=revision, now=now, **entry._asdict())
    return revision if added else 0


def put(on: Transaction, space: bytes, key: bytes, entry: Sealed) -> None:
    on.change(PUT, space=space, key=key, revision=_new_revision(), **entry._asdict())


def replace(on: Transaction, space: bytes, key: bytes, entry: Sealed, before: int, now: float) -> int:
    revision = _new_revision()
    replaced = on.change(
        REPLACE,
        space=space, key=key, value=entry.value, revision=revision, expires=entry.expires, before=before, now=now,
    )  # fmt: skip
    return revision if replaced else 0


def remove(on: Transaction, space: bytes, key: bytes, revision: int | None) -> bool:
    if revision is None:
        return on.change(REMOVE, space=space, key=key) > 0
    return on.change(REMOVE_REVISION, space=space, key=key, revision=revision) > 0


def purge(on: Transaction, now: float) -> int:
    """Deletes entries that have expired, so many at once that nobody waits long; how many there were."""
    return on.change(PURGE, now=now)


def page(on: Transaction, space: bytes, after: bytes | None, now: float, limit: int) -> list[Row]:
    if after is not None:
        return on.all(PAGE, space=space, after=after, now=now, limit=limit)
    # The empty key is behind none.
    first = on.all(FIRST, space=space, key=b"", now=now)
    return (first + on.all(PAGE, space=space, after=b"", now=now, limit=limit))[:limit]


def _new_revision() -> int:
    """A number that no other write has, in whichever process; positive, and of eight bytes."""
    return int.from_bytes(os.urandom(8)) >> 2 | 1
