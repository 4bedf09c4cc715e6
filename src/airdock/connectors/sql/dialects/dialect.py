"""What is told of a kind of database."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

if TYPE_CHECKING:
    import ssl

Kind = str
"""What an error is: the end of its code (`constraint`, `statement`, `data`, `conflict`), `unavailable`, `refused` or
`timeout`; empty for something else."""


class Reaching(NamedTuple):
    """How a connection is made.

    Attributes:
        timeout: Seconds that it may take. tls: What checks the server; None for no TLS.
    """

    timeout: float
    tls: Optional["ssl.SSLContext"]


def nothing(_: Any) -> None:
    """Prepares nothing."""


def never(_: BaseException) -> bool:
    """No error does."""
    return False


@dataclass(frozen=True)
class Dialect:
    """A kind of database.

    Attributes:
        driver: As SQLAlchemy names it. extra: Of Airdock, which installs it; empty for the base install.
        arguments: What the driver is called with.
        kind: What an error of the driver is, by the exception.
        prepare: Makes a new connection ready; called with SQLAlchemy's synchronous engine, once.
        abort: Has the server end what a connection does just now, by an engine without a pool and what `mark` gave.
            None: the driver does so itself when what waits for it is cancelled.
        mark: What `abort` needs to know, taken beforehand from SQLAlchemy's connection.
        begin: The statement that begins a transaction, where the driver's own way is not what is wanted.
        stale: Whether an error says no more than that a statement must be prepared anew.
        arrays: Parameters may be lists.
        local: It is a file of this machine.
    """

    driver: str
    extra: str
    arguments: Callable[[Reaching], dict[str, Any]]
    kind: Callable[[BaseException], Kind]
    prepare: Callable[[Any], None] = nothing
    abort: Callable[[Any, Any], Awaitable[None]] | None = None
    mark: Callable[[Any], Any] = nothing
    begin: str = ""
    stale: Callable[[BaseException], bool] = never
    arrays: bool = False
    local: bool = False


def by_state(state: str) -> Kind:
    """What an SQLSTATE means."""
    return _STATES.get(state) or _CLASSES.get(state[:2], "")


_STATES = {
    "40002": "constraint",
    "55P03": "conflict",
    "57014": "timeout",
    "57P01": "unavailable",
    "57P02": "unavailable",
    "57P03": "unavailable",
    "57P05": "unavailable",
    "3D000": "refused",
    "42501": "refused",
}
_CLASSES = {
    "08": "unavailable",
    "0A": "statement",
    "21": "data",
    "22": "data",
    "23": "constraint",
    "25": "statement",
    "26": "conflict",
    "28": "refused",
    "40": "conflict",
    "42": "statement",
    "44": "constraint",
    "53": "unavailable",
}
