"""What goes wrong with secrets."""

from airdock.errors import AirdockError


class SecretsError(AirdockError):
    """A secret cannot be read or kept. `code` is a key of `CODES`; the message never holds a value."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
