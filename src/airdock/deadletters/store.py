"""Dead letters in the database of the installation."""

import time
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update
from uuid_utils import uuid7

from airdock.database import Database, note_change
from airdock.deadletters.letter import Content, Death, Letter, LetterError, LetterInfo, place_of
from airdock.deadletters.sealed import seal, unseal
from airdock.deadletters.tables import LETTERS
from airdock.sealer import Sealer

TOPIC = "deadLetters"
"""Of changes: a letter is to be sent again; the name is that of a listener."""
LEASE_SECONDS = 60.0
"""A letter that is being sent is another's when it was not heard of for so long: its process is gone."""
_LONGEST = 2000
"""Characters of an error's message."""
_TIDY_SECONDS = 60.0
_BYTES_AT_ONCE = 32 * 1024**2
_HEAD = [column for column in LETTERS.c if column.name not in ("content", "message", "claimed")]


class Bounds(NamedTuple):
    """How much is kept: letters of so many seconds, and so many bytes of all together."""

    age: float = 30 * 86400.0
    size: int = 1024**3


class Filter(NamedTuple):
    """Which letters are meant: all that fit everything that is given.

    Attributes:
        ids: Of which they are; empty for any. listener, project, state: Theirs. code: Is in that of their error.
        since, until: Unix times between which they died.
    """

    ids: tuple[str, ...] = ()
    listener: str = ""
    project: str | None = None
    code: str = ""
    state: str = ""
    since: float | None = None
    until: float | None = None


class LetterStore:
    """Dead letters in SQLite or PostgreSQL. Making it opens nothing; it may be used from several threads.

    Every method raises `DatabaseError`, and `AirdockError` for what was sealed with a key that is not at hand.
    """

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        bounds: Bounds | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._sealer = sealer
        self._bounds = bounds or Bounds()
        self._now = now
        self._tidy_at = 0.0

    # For listeners.

    def put(self, listener: str, source: str, content: Content, death: Death) -> str:
        """Keeps a letter; its id. One of the same listener and message id is taken for the same, and replaced.

        Raises:
            LetterError: `deadLetters.full`.
        """
        sealed, message = seal(self._sealer, content), sha256(content.id.encode()).digest() if content.id else None
        owner, project = place_of(listener)
        row = {
            "source": source,
            "content_type": content.content_type[:200],
            "size": len(sealed),
            "content": sealed,
            "state": "dead",
            "claimed": 0.0,
            **_death(death),
        }
        with self._database.writing() as connection:
            self._make_room(connection, len(sealed))
            same = and_(LETTERS.c.listener == listener, LETTERS.c.message == message)
            found = connection.execute(select(LETTERS.c.id).where(same)).scalar() if message is not None else None
            if found is not None:
                changed = {**row, "revision": LETTERS.c.revision + 1}
                connection.execute(update(LETTERS).where(LETTERS.c.id == found).values(changed))
                return str(found)
            id = str(uuid7())
            place = {"id": id, "listener": listener, "project": project, "owner": owner, "message": message}
            connection.execute(insert(LETTERS).values(**place, **row, revision=1))
            return id

    def waiting(self) -> list[str]:
        """Listeners for which there are letters to be sent again."""
        query = select(LETTERS.c.listener).where(self._to_send()).distinct().order_by(LETTERS.c.listener)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def take(self, listener: str, limit: int) -> list[Letter]:
        """Letters to be sent again, the oldest first; they are the caller's while it renews them."""
        columns = LETTERS.c
        wanted = and_(columns.listener == listener, self._to_send())
        query = select(columns.id, columns.size).where(wanted).order_by(columns.id).limit(limit)
        with self._database.writing() as connection:
            if self._database.dialect == "postgresql":
                query = query.with_for_update(skip_locked=True)
            ids = _together(connection.execute(query).all())
            connection.execute(update(LETTERS).where(columns.id.in_(ids)).values(state="sending", claimed=self._now()))
            rows = connection.execute(select(LETTERS).where(columns.id.in_(ids)).order_by(columns.id)).all()
        return [self._letter(row) for row in rows]

    def renew(self, id: str) -> None:
        """Work on a letter goes on."""
        self._change(id, {"claimed": self._now()}, LETTERS.c.state == "sending")

    def done(self, id: str) -> None:
        """A letter was worked off: it is removed."""
        with self._database.writing() as connection:
            connection.execute(delete(LETTERS).where(LETTERS.c.id == id))

    def died_again(self, id: str, death: Death) -> None:
        """A letter that was sent again failed again."""
        self._change(id, {"state": "dead", "revision": LETTERS.c.revision + 1, **_death(death)})

    def give_back(self, id: str) -> None:
        """A letter was not worked on and is to be sent again later."""
        self._change(id, {"state": "queued"}, LETTERS.c.state == "sending")

    # For people.

    def page(self, wanted: Filter, limit: int, before: str | None = None) -> list[LetterInfo]:
        """Letters, the newest first; those older than the letter of that id."""
        query = select(*_HEAD).where(*_conditions(wanted)).order_by(LETTERS.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(LETTERS.c.id < before)
        with self._database.reading() as connection:
            return [LetterInfo(**_head(row)) for row in connection.execute(query)]

    def get(self, id: str) -> Letter:
        """A letter with what arrived.

        Raises:
            LetterError: `deadLetters.missing`.
        """
        with self._database.reading() as connection:
            row = connection.execute(select(LETTERS).where(LETTERS.c.id == id)).one_or_none()
        if row is None:
            raise LetterError("deadLetters.missing", f"there is no dead letter {id}")
        return self._letter(row)

    def edit(self, id: str, content: Content, revision: int) -> None:
        """Puts other content in the place of what arrived.

        Raises:
            LetterError: `deadLetters.busy`, it is not as it was read, or is being sent; `deadLetters.full`.
        """
        sealed = seal(self._sealer, content)
        row = {
            "content": sealed,
            "size": len(sealed),
            "content_type": content.content_type[:200],
            "revision": revision + 1,
        }
        condition = and_(LETTERS.c.id == id, LETTERS.c.revision == revision, LETTERS.c.state != "sending")
        with self._database.writing() as connection:
            self._make_room(connection, len(sealed))
            if not connection.execute(update(LETTERS).where(condition).values(row)).rowcount:
                raise LetterError("deadLetters.busy", f"{id} is being sent again, or was changed since it was read")

    def send(self, wanted: Filter, shown: Callable[[LetterInfo], bool] | None = None) -> int:
        """Has letters sent again; how many. `shown` tells those that the caller may send."""
        return self._for_each(wanted, shown, LETTERS.c.state == "dead", self._queue)

    def discard(self, wanted: Filter, shown: Callable[[LetterInfo], bool] | None = None) -> int:
        """Removes letters that are not being sent just now; how many."""
        return self._for_each(wanted, shown, LETTERS.c.state != "sending", self._remove)

    def counts(self) -> dict[str, int]:
        """How many letters of each listener lie here."""
        query = select(LETTERS.c.listener, func.count()).group_by(LETTERS.c.listener).order_by(LETTERS.c.listener)
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def _for_each(
        self,
        wanted: Filter,
        shown: Callable[[LetterInfo], bool] | None,
        state: ColumnElement[bool],
        do: Callable[[Connection, list[LetterInfo]], int],
    ) -> int:
        with self._database.writing() as connection:
            rows = connection.execute(select(*_HEAD).where(state, *_conditions(wanted)))
            found = [LetterInfo(**_head(row)) for row in rows]
            return do(connection, [each for each in found if shown is None or shown(each)])

    def _queue(self, connection: Connection, letters: Sequence[LetterInfo]) -> int:
        for letter in letters:
            connection.execute(update(LETTERS).where(LETTERS.c.id == letter.id).values(state="queued"))
        for listener in sorted({letter.listener for letter in letters}):
            note_change(connection, TOPIC, listener)
        return len(letters)

    def _remove(self, connection: Connection, letters: Sequence[LetterInfo]) -> int:
        return sum(connection.execute(delete(LETTERS).where(LETTERS.c.id == each.id)).rowcount for each in letters)

    def _change(self, id: str, values: dict[str, Any], *conditions: ColumnElement[bool]) -> None:
        with self._database.writing() as connection:
            connection.execute(update(LETTERS).where(LETTERS.c.id == id, *conditions).values(values))

    def _to_send(self) -> ColumnElement[bool]:
        gone = and_(LETTERS.c.state == "sending", LETTERS.c.claimed < self._now() - LEASE_SECONDS)
        return or_(LETTERS.c.state == "queued", gone)

    def _make_room(self, connection: Connection, size: int) -> None:
        """
        Raises:
            LetterError: `deadLetters.full`.
        """
        if self._now() >= self._tidy_at:
            self._tidy_at = self._now() + _TIDY_SECONDS
            connection.execute(delete(LETTERS).where(LETTERS.c.died < self._now() - self._bounds.age))
        taken = connection.execute(select(func.coalesce(func.sum(LETTERS.c.size), 0))).scalar_one()
        if int(taken) + size > self._bounds.size:
            raise LetterError("deadLetters.full", f"the dead letters take {taken} bytes, and more are not allowed")

    def _letter(self, row: Row[Any]) -> Letter:
        return Letter(content=unseal(self._sealer, row.content), **_head(row))


def _together(rows: Iterable[Any]) -> list[str]:
    """The ids of the first ones, as many as memory should hold at once."""
    ids: list[str] = []
    left = _BYTES_AT_ONCE
    for row in rows:
        if ids and row.size > left:
            break
        ids.append(row.id)
        left -= row.size
    return ids


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    columns = LETTERS.c
    found: list[ColumnElement[bool]] = []
    if wanted.ids:
        found.append(columns.id.in_(wanted.ids))
    if wanted.listener:
        found.append(columns.listener == wanted.listener)
    if wanted.project is not None:
        found.append(columns.project == wanted.project)
    if wanted.code:
        found.append(columns.code.contains(wanted.code, autoescape=True))
    if wanted.state:
        found.append(columns.state == wanted.state)
    if wanted.since is not None:
        found.append(columns.died >= wanted.since)
    if wanted.until is not None:
        found.append(columns.died < wanted.until)
    return found


def _death(death: Death) -> dict[str, Any]:
    return {
        "code": death.code[:200],
        "error": death.message[:_LONGEST],
        "run": death.run,
        "attempts": death.attempts,
        "arrived": death.arrived,
        "died": death.at,
    }


def _head(row: Row[Any]) -> dict[str, Any]:
    death = Death(
        code=row.code, message=row.error, run=row.run, attempts=row.attempts, arrived=row.arrived, at=row.died
    )
    names = ("id", "listener", "project", "owner", "source", "content_type", "state", "revision", "size")
    return {**{name: getattr(row, name) for name in names}, "death": death}
