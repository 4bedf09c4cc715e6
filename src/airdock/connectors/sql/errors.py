"""What databases refuse, told as errors of flows."""

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.sql.dialects import Dialect
from airdock.errors import FlowError

_CODES = {
    "constraint": "connector.sql.constraint",
    "statement": "connector.sql.statement",
    "data": "connector.sql.data",
    "conflict": "connector.sql.conflict",
}


def told(name: str, dialect: Dialect, error: Exception) -> FlowError:
    """The error for what SQLAlchemy or a driver raised.

    Args:
        name: The connection's.
    """
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError
    from sqlalchemy.exc import TimeoutError as PoolTimeoutError

    if isinstance(error, FlowError):
        return error
    if isinstance(error, PoolTimeoutError):
        return FlowError("connector.timeout", f"{name}: all connections of the pool were busy; raise `pool`")
    cause: BaseException = (error.orig if isinstance(error, DBAPIError) else None) or error
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return unavailable(name, _sentence(cause))
    # A driver that SQLAlchemy wraps has its own error as the cause.
    for each in (cause, cause.__cause__):
        kind = dialect.kind(each) if each is not None else ""
        if kind:
            return _error(name, kind, _sentence(cause), cause)
    if isinstance(error, OSError) or not isinstance(error, SQLAlchemyError):
        return unavailable(name, _sentence(cause))
    return FlowError("connector.failed", f"{name}: {_sentence(cause)}")


def _error(name: str, kind: str, sentence: str, cause: BaseException) -> FlowError:
    if kind == "unavailable":
        return unavailable(name, sentence)
    if kind == "refused":
        return refused(name, sentence)
    if kind == "timeout":
        return FlowError("connector.timeout", f"{name}: {sentence}")
    state = getattr(cause, "sqlstate", None)
    details = {"sqlstate": state} if isinstance(state, str) else None
    return FlowError(_CODES[kind], f"{name}: {sentence}", details=details)


def _sentence(error: BaseException) -> str:
    # A wrapped driver's sentence begins with its class.
    arguments = error.args
    if len(arguments) == 2 and isinstance(arguments[0], int) and isinstance(arguments[1], str):
        return f"{arguments[1]} ({arguments[0]})"
    text = " ".join(str(error).split())
    if text.startswith("<class") and ">: " in text:
        text = text.partition(">: ")[2]
    return text[:1000] or type(error).__name__
