"""The database of an installation: SQLite under the home folder, or PostgreSQL; its schema, and news of its changes."""

from airdock.database.changes import Change, changes_since, current_cursor, note_change
from airdock.database.database import Database
from airdock.database.errors import DatabaseError
from airdock.database.watch import ChangeWatch

__all__ = ["Change", "ChangeWatch", "Database", "DatabaseError", "changes_since", "current_cursor", "note_change"]
