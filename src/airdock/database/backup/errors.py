"""What goes wrong with backups."""

from airdock.errors import AirdockError


class BackupError(AirdockError):
    """A backup cannot be written or restored; nothing was changed. `code` is a key of `CODES`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
