"""Backups: the database and the files beside it in one file, and back into an empty installation."""

from airdock.database.backup.archive import Progress
from airdock.database.backup.errors import BackupError
from airdock.database.backup.manifest import Manifest
from airdock.database.backup.restoring import restore_backup
from airdock.database.backup.writing import write_backup

__all__ = ["BackupError", "Manifest", "Progress", "restore_backup", "write_backup"]
