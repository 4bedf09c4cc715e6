"""The values of the secrets of connections."""

from collections.abc import Callable

from airdock.database import DatabaseError
from airdock.errors import AirdockError, FlowError
from airdock.spec.connection import Connection, Secret, secrets_in
from airdock.triggers.http.protection import ReadSecret


def values_of(connection: Connection, read: ReadSecret) -> Callable[[Secret], str]:
    """The values of a connection's secrets, read now; one that is not there is an error of what uses it."""
    values: dict[str, str | AirdockError] = {}
    for named in secrets_in(connection):
        name = named.secret
        try:
            value = read(name)
        except DatabaseError:
            raise
        except AirdockError as error:
            values[name] = error
        else:
            values[name] = value if value is not None else _missing(name)

    def value_of(secret: Secret) -> str:
        value = values[secret.secret]
        if isinstance(value, AirdockError):
            raise FlowError("connector.secret", str(value))
        return value

    return value_of


def _missing(name: str) -> AirdockError:
    return AirdockError(f"there is no secret {name!r}: airdock secrets set {name}")
