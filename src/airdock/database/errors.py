"""What goes wrong between this program and its database, told to the operator."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError

from airdock.errors import AirdockError

_FULL = ("database or disk is full", "no space left", "could not extend file", "disk full")


class DatabaseError(AirdockError):
    """The database cannot be used now. `code` is a key of `CODES`; the message says why and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@contextmanager
def told(name: str) -> Iterator[None]:
    """Raises what the driver or SQLAlchemy raises in the block as a `DatabaseError`.

    Args:
        name: Which database, without a password.
    """
    try:
        yield
    except NoSuchModuleError as error:
        raise DatabaseError("database.unavailable", f"{name}: no driver for this kind of database: {error}") from error
    except SQLAlchemyError as error:
        raise as_database_error(name, error) from error


def as_database_error(name: str, error: Exception) -> DatabaseError:
    """The error for what the system or the driver raised."""
    return DatabaseError(*_reason(name, error))


def _reason(name: str, error: Exception) -> tuple[str, str]:
    # The driver's own sentence: SQLAlchemy's has the statement, and values that may be secret.
    cause = (error.orig if isinstance(error, DBAPIError) else None) or error
    text = " ".join(str(cause).split()) or type(cause).__name__
    if any(sign in text.lower() for sign in _FULL):
        return "database.full", f"{name} cannot be written, for want of space: {text}"
    return "database.unavailable", f"{name} cannot be used: {text}"
