import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, TypeVar

from airdock.connectors.errors import missing
from airdock.connectors.sql.client import SqlClient
from airdock.connectors.sql.dialects import DIALECTS, Dialect
from airdock.connectors.sql.dialects.dialect import Reaching
from airdock.errors import FlowError
from airdock.spec.connection import Connection, Opening, Secret
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Choice, Duration, Integer, Module, Record, Text

if TYPE_CHECKING:
    import ssl


T = TypeVar("T")


class Sql(Connection):
    """A database: SQLite, PostgreSQL, MySQL or MariaDB, SQL Server, Oracle.

    | `url` | needs |
    |---|---|
    | `sqlite:///orders.db` | nothing |
    | `postgresql://user@host:5432/database` | `airdock[postgres]` |
    | `mysql://user@host:3306/database`, `mariadb://…` | `airdock[mysql]` |
    | `mssql://user@host:1433/database` | `airdock[mssql]`, and Microsoft's ODBC driver 18 |
    | `oracle://user@host:1521/service` | `airdock[oracle]` |

    SQL Server and Oracle have not been tried on servers.

    Connections are pooled, and opened when they are needed. One that was not used for a second is looked at first, and
    made anew if the server has gone; one that is lost while it is used fails with `connector.unavailable`. A statement
    that takes longer than `timeout`, or whose step is cut off, is ended on the server.

    A file of SQLite lies in the folder `data` of the home folder, or by its whole path (`sqlite:////srv/data/shop.db`)
    in one of the setting `data_folders`. Its connection reaches that one file (`ATTACH` is refused) and waits for other
    writers; the file keeps a write-ahead log, and foreign keys are checked.

    In tests of flows the database is an empty one of SQLite that ends with the test.
    """

    type = "sql"
    example = {"type": "sql", "url": "postgresql://shop@db.example.com/shop", "password": {"secret": "shop-db"}}

    url: str = field(
        Text(), "The address, without a password.", default=REQUIRED, example="postgresql://shop@db.example.com/shop"
    )
    password: Secret | None = field(Record(Secret), "The user's password.", example={"secret": "shop-db"})
    pool: int = field(Integer(1, 200), "So many connections are open at most, in each process.", default=10)
    timeout: float = field(Duration(), "A statement may take so long.", default=30.0, unit="s", example="30s")
    connect_timeout: float = field(
        Duration(),
        "Connecting, waiting for a free connection of the pool, or for another writer of SQLite, may take so long.",
        default=10.0,
        unit="s",
        example="10s",
    )
    tls: str = field(
        Choice(("verify", "unverified", "off")),
        "Whether the way is encrypted, and the server's certificate is checked; left out: `verify`, and `off` for a"
        " server on this machine.",
        default="",
        example="verify",
    )
    ca: str = field(
        Module((".pem", ".crt")),
        "The certificates that the server's is checked with; those of the system if left out.",
        default="",
        example="/shop/ca.pem",
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        try:
            dialect, _ = _parsed(element.url)
        except ValueError as error:
            return [("url", str(error))]
        if dialect.local and element.password is not None:
            return [("password", "a file has no password")]
        return []

    async def connect(self, opening: Opening) -> SqlClient:
        dialect, address = _parsed(self.url)
        if dialect.local:
            file = opening.folders.inside(address.database)
            file.parent.mkdir(parents=True, exist_ok=True)
            address = address.set(database=str(file))
        elif self.password is not None:
            address = address.set(password=opening.secret(self.password))
        tls = None if dialect.local else self._tls(opening, address.host)
        reaching = Reaching(self.connect_timeout, tls)
        client = make_client(opening.name, dialect, address, reaching, pool=self.pool, timeout=self.timeout)
        try:
            await client.check()
        except BaseException:
            await client.close()
            raise
        return client

    def fake(self) -> SqlClient:
        return FakeSqlClient()

    def _tls(self, opening: Opening, host: str) -> Optional["ssl.SSLContext"]:
        import ssl

        wanted = self.tls or ("off" if _is_here(host) else "verify")
        if wanted == "off":
            return None
        content = opening.file(self.ca) if self.ca else None
        if self.ca and content is None:
            raise FlowError("connector.refused", f"{opening.name}: there is no file {self.ca!r}")
        try:
            context = ssl.create_default_context(cadata=None if content is None else content.decode())
        except (ssl.SSLError, UnicodeDecodeError, ValueError) as error:
            raise FlowError("connector.refused", f"{opening.name}: {self.ca!r} holds no certificates") from error
        if wanted == "unverified":
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


class FakeSqlClient(SqlClient):
    """An empty database of SQLite that ends with the client."""

    def __init__(self) -> None:
        from tempfile import TemporaryDirectory

        self._folder = TemporaryDirectory(prefix="airdock-sql-")
        dialect = DIALECTS["sqlite"]
        engine = make_engine(dialect, _file_url(Path(self._folder.name) / "fake.db"), Reaching(5.0, None), pool=5)
        super().__init__("fake", dialect, engine, timeout=10.0)

    async def calling(self, work: Callable[[Callable[[Any], None]], T], mark: Any = None) -> T:
        with _time_standing_still():
            return await super().calling(work, mark)

    async def close(self) -> None:
        with _time_standing_still():
            await super().close()
        self._folder.cleanup()


def _time_standing_still() -> AbstractContextManager[None]:
    """The loop of tests of flows has a time of its own, which does not know of the threads of the driver."""
    standing: Callable[[], AbstractContextManager[None]]
    standing = getattr(asyncio.get_running_loop(), "standing_still", nullcontext)
    return standing()


def make_client(
    name: str, dialect: Dialect, address: Any, reaching: Reaching, *, pool: int, timeout: float
) -> SqlClient:
    """A client that has connected nowhere yet.

    Raises:
        FlowError: `connector.missing`, the driver is not installed.
    """
    try:
        engine, aside = (make_engine(dialect, address, reaching, size) for size in (pool, 0))
    except ImportError as error:
        raise missing(f"A `{address.get_backend_name()}` connection", dialect.extra) from error
    return SqlClient(name, dialect, engine, timeout, aside)


def make_engine(dialect: Dialect, address: Any, reaching: Reaching, pool: int) -> Any:
    """SQLAlchemy's engine; each statement is committed at once. A `pool` of 0 keeps no connections."""
    from sqlalchemy import AsyncAdaptedQueuePool, NullPool
    from sqlalchemy.ext.asyncio import create_async_engine

    pooled: dict[str, Any] = {
        "poolclass": AsyncAdaptedQueuePool,
        "pool_size": pool,
        "max_overflow": 0,
        "pool_timeout": reaching.timeout,
    }
    engine = create_async_engine(
        address.set(drivername=dialect.driver),
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",
        connect_args=dialect.arguments(reaching),
        **(pooled if pool else {"poolclass": NullPool}),
    )
    dialect.prepare(engine.sync_engine)
    return engine


def _parsed(url: str) -> tuple[Dialect, Any]:
    """The kind of database, and SQLAlchemy's address; raises ValueError with a sentence for the author."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError("this is no address such as postgresql://user@host/database") from None
    dialect = DIALECTS.get(address.drivername)
    if dialect is None:
        raise ValueError(f"{address.drivername[:40]!r} is no database: one of {', '.join(DIALECTS)}")
    if address.password is not None:
        raise ValueError("the address holds a password: give it as `password`, by the name of a secret")
    if address.query:
        raise ValueError("the address has options behind `?`: leave them out")
    if not address.database or address.database == ":memory:":
        raise ValueError("the address names no database" if not dialect.local else "the address names no file")
    if dialect.local == bool(address.host):
        raise ValueError("a file has no host: sqlite:///orders.db" if dialect.local else "the address names no host")
    return dialect, address


def _file_url(file: Path) -> Any:
    from sqlalchemy.engine import URL

    return URL.create("sqlite", database=str(file))


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
