"""State in the database of the installation."""

from airdock.database import Database
from airdock.sealer import Sealer
from airdock.state import Appended, Closed, Entry
from airdock.stores import sql_entries, sql_groups
from airdock.stores.commit import GroupCommit, Place
from airdock.stores.keys import bytes_of, is_hashed, stored, text_of
from airdock.stores.sql_entries import PURGED_AT_ONCE, Sealed
from airdock.stores.sql_groups import Bounds, Item
from airdock.stores.statements import Row, Transaction

PURGE_SECONDS = 10.0
"""What has expired is looked for so often, by the clock of those who call."""
_ENTRIES, _GROUPS, _LATER = range(3)
_EVERYWHERE: Place = (_LATER, b"", b"")
_LARGEST_ID = 2**63 - 1


class SqlStore:
    """A `StateStore` in SQLite or PostgreSQL, shared by the processes of an installation.

    Making it opens nothing; the database is opened by the first call, and again after it could not be used. Values and
    items are sealed, and so are keys that are too long to be stored as they are.
    """

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._sealer = sealer
        self._commit = GroupCommit(database, self._prepare)
        self._room = sql_groups.Room()
        self._purge_at = 0.0

    def stop(self) -> None:
        """Does what was asked for, and waits for it; no loop needs to run. A later call begins anew."""
        self._commit.stop()

    async def get(self, space: str, key: str, now: float) -> Entry | None:
        where, name = stored(space), stored(key)

        def work(on: Transaction) -> Row | None:
            return on.first(sql_entries.GET, space=where, key=name, now=now)

        found: Entry | None = await self._commit.do((_ENTRIES, where, name), work, self._entry, reads=True)
        return found

    async def add(self, space: str, key: str, value: bytes, now: float, expires: float | None = None) -> int:
        where, name = stored(space), stored(key)

        def work(on: Transaction) -> int:
            return sql_entries.add(on, where, name, self._sealed(key, name, value, expires), now)

        self._purge(now)
        revision: int = await self._commit.do((_ENTRIES, where, name), work)
        return revision

    async def put(self, space: str, key: str, value: bytes, expires: float | None = None) -> None:
        where, name = stored(space), stored(key)

        def work(on: Transaction) -> None:
            sql_entries.put(on, where, name, self._sealed(key, name, value, expires))

        await self._commit.do((_ENTRIES, where, name), work)

    async def replace(
        self, space: str, key: str, value: bytes, revision: int, now: float, expires: float | None = None
    ) -> int:
        where, name = stored(space), stored(key)

        def work(on: Transaction) -> int:
            return sql_entries.replace(on, where, name, self._sealed(key, name, value, expires), revision, now)

        replaced: int = await self._commit.do((_ENTRIES, where, name), work)
        return replaced

    async def remove(self, space: str, key: str, revision: int | None = None) -> bool:
        where, name = stored(space), stored(key)
        removed: bool = await self._commit.do(
            (_ENTRIES, where, name), lambda on: sql_entries.remove(on, where, name, revision)
        )
        return removed

    async def entries(
        self, space: str, now: float, after: str | None = None, limit: int = 100
    ) -> list[tuple[str, Entry]]:
        where, behind = stored(space), None if after is None else stored(after)
        found: list[tuple[str, Entry]] = await self._commit.do(
            _EVERYWHERE, lambda on: sql_entries.page(on, where, behind, now, limit), self._page, reads=True
        )
        return found

    async def expiring(self, space: str, limit: int = 1) -> list[str]:
        where = stored(space)
        found: list[str] = await self._commit.do(
            _EVERYWHERE, lambda on: on.all(sql_entries.EXPIRING, space=where, limit=limit), self._keys, reads=True
        )
        return found

    async def count(self, space: str, now: float) -> int:
        where = stored(space)
        row: Row = await self._commit.do(
            _EVERYWHERE, lambda on: on.first(sql_entries.COUNT, space=where, now=now), reads=True
        )
        return int(row[0])

    async def append(
        self,
        space: str,
        key: str,
        item: bytes,
        now: float,
        *,
        due: float | None = None,
        close_at: int | None = None,
        close_at_bytes: int | None = None,
        note: str = "",
        most: int | None = None,
    ) -> Appended:
        where, name, room = stored(space), stored(key), self._room
        bounds = Bounds(close_at, close_at_bytes, bytes_of(note))

        def work(on: Transaction) -> sql_groups.Added | None:
            if most is not None and not room.has(on, where, name, most):
                return None
            sealed = Item(self._sealer.seal(item), self._sealed_name(key, name), len(item))
            added = sql_groups.append(on, where, name, sealed, now, due, bounds)
            if added.size == 1:
                room.opened(where)
            return added

        def after(added: sql_groups.Added | None) -> Appended:
            if added is None:
                return Appended(0)
            if added.items is None:
                return Appended(added.size)
            return Appended(added.size, Closed(str(added.id), key, self._opened(added.items), note=note))

        appended: Appended = await self._commit.do((_GROUPS, where, name), work, after)
        return appended

    async def items(self, space: str, key: str) -> list[bytes]:
        where, name = stored(space), stored(key)
        found: list[bytes] = await self._commit.do(
            (_GROUPS, where, name), lambda on: sql_groups.open_items(on, where, name), self._opened, reads=True
        )
        return found

    async def close(
        self, space: str, key: str, now: float, *, due_by: float | None = None, note: str = ""
    ) -> Closed | None:
        where, name = stored(space), stored(key)

        def after(found: tuple[int, list[bytes]] | None) -> Closed | None:
            return None if found is None else Closed(str(found[0]), key, self._opened(found[1]), note=note)

        closed: Closed | None = await self._commit.do(
            (_GROUPS, where, name), lambda on: sql_groups.close(on, where, name, now, due_by, bytes_of(note)), after
        )
        return closed

    async def groups(self, space: str, *, due_by: float | None = None, limit: int = 100) -> list[str]:
        where = stored(space)
        found: list[str] = await self._commit.do(
            _EVERYWHERE, lambda on: sql_groups.first_due(on, where, due_by, limit), self._keys, reads=True
        )
        return found

    async def claim(self, space: str, now: float, idle: float) -> Closed | None:
        where = stored(space)
        claimed: Closed | None = await self._commit.do(
            _EVERYWHERE, lambda on: sql_groups.claim(on, where, now, idle), self._claimed
        )
        return claimed

    async def renew(self, space: str, id: str, attempt: int, now: float) -> bool:
        where, number = stored(space), _number(id)
        if not number:
            return False
        renewed: bool = await self._commit.do(_EVERYWHERE, lambda on: sql_groups.renew(on, where, number, attempt, now))
        return renewed

    async def confirm(self, space: str, id: str) -> None:
        where, number = stored(space), _number(id)
        if number:
            await self._commit.do(_EVERYWHERE, lambda on: sql_groups.confirm(on, where, number))

    def _prepare(self) -> None:
        # The key is read, or made, which takes time, while no transaction waits for it.
        self._sealer.seal(b"")

    def _purge(self, now: float) -> None:
        """Now and then, beside a call that adds: deletes some of what has expired, and soon more if that is not all."""
        if now < self._purge_at:
            return
        self._purge_at = now + PURGE_SECONDS

        def after(count: int) -> None:
            if count == PURGED_AT_ONCE:
                self._purge_at = now

        purging = self._commit.do(_EVERYWHERE, lambda on: sql_entries.purge(on, now), after)
        # Nobody waits for it, and what ails it ails the call beside it, too.
        purging.add_done_callback(lambda done: done.cancelled() or done.exception())

    def _sealed(self, key: str, name: bytes, value: bytes, expires: float | None) -> Sealed:
        return Sealed(self._sealer.seal(value), self._sealed_name(key, name), expires)

    def _sealed_name(self, key: str, name: bytes) -> bytes | None:
        return self._sealer.seal(bytes_of(key)) if is_hashed(name) else None

    def _key(self, key: bytes, name: bytes | None) -> str:
        return text_of(key if name is None else self._sealer.open(name))

    def _keys(self, rows: list[Row]) -> list[str]:
        return [self._key(key, name) for key, name in rows]

    def _opened(self, items: list[bytes]) -> list[bytes]:
        return [self._sealer.open(item) for item in items]

    def _entry(self, row: Row | None) -> Entry | None:
        return None if row is None else Entry(self._sealer.open(row[0]), row[1], row[2])

    def _page(self, rows: list[Row]) -> list[tuple[str, Entry]]:
        return [(self._key(key, name), Entry(self._sealer.open(value), *rest)) for key, name, value, *rest in rows]

    def _claimed(self, found: sql_groups.Claimed | None) -> Closed | None:
        if found is None:
            return None
        key = self._key(found.key, found.name)
        return Closed(str(found.id), key, self._opened(found.items), found.attempt, text_of(found.note))


def _number(id: str) -> int:
    """The id of a group as stored; 0 for what is none."""
    number = int(id) if id.isascii() and id.isdigit() and len(id) < 20 else 0
    return number if number <= _LARGEST_ID else 0
