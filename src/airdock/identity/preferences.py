"""What each user prefers."""

from sqlalchemy import select, text

from airdock.identity.names import check_text
from airdock.identity.records import Preferences
from airdock.identity.store import Store
from airdock.identity.tables import PREFERENCES

_PUT = text(
    "INSERT INTO preferences (name, auto_activate) VALUES (:name, :auto_activate)"
    " ON CONFLICT (name) DO UPDATE SET auto_activate = :auto_activate"
)


class PreferenceTable:
    """The preferences, by the name of a principal. Who never changed any has the defaults."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, name: str) -> Preferences:
        query = select(PREFERENCES).where(PREFERENCES.c.name == check_text("the name", name))
        with self._store.reading() as connection:
            row = connection.execute(query).one_or_none()
        return Preferences() if row is None else Preferences(auto_activate=row.auto_activate)

    def put(self, name: str, preferences: Preferences) -> Preferences:
        with self._store.noting() as connection:
            row = {"name": check_text("the name", name), "auto_activate": preferences.auto_activate}
            connection.execute(_PUT, row)
        return preferences
