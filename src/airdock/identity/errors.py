"""What goes wrong with users, tokens and signing in."""

from airdock.codes import CODES
from airdock.errors import AirdockError


class IdentityError(AirdockError):
    """Something about users, tokens, members or signing in is refused.

    Attributes:
        code: A key of `CODES`.
        status: What an HTTP caller gets.
        retry_after: After how many seconds it may be tried again; None where waiting does not help.

    The message never holds a password, a token, the id of a session or a client's secret.
    """

    def __init__(self, code: str, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = CODES[code].status
        self.retry_after = retry_after
