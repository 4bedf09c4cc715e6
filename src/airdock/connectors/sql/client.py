"""A pool of connections to a database, and what is done with one of them."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

from airdock.connectors.sql.dialects import Dialect
from airdock.connectors.sql.errors import told
from airdock.connectors.sql.statement import Statement
from airdock.connectors.sql.values import bound, named, plain
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError

IDLE = 1.0
"""Seconds after which an unused connection is looked at before it is used again."""
PIECE = 200
"""Rows of a stream that are fetched at once."""
_PATIENCE = 5.0
"""Seconds in which a statement must end that was told to."""

T = TypeVar("T")
Parameters = dict[str, Any] | list[dict[str, Any]]


class Work(NamedTuple):
    """A statement to be run.

    Attributes:
        mode: `rows`, `row`, `scalar` or `execute`. parameters: A list runs the statement for each. most: So many rows
            may come.
    """

    statement: Statement
    mode: str
    parameters: Parameters
    most: int = 10_000


class SqlClient:
    """A database. Statements by themselves are committed at once.

    Attributes:
        name: The connection's. dialect: The kind of database. engine: SQLAlchemy's, of asynchronous drivers.
        timeout: Seconds that a statement may take.
    """

    def __init__(self, name: str, dialect: Dialect, engine: Any, timeout: float, aside: Any = None) -> None:
        """`aside` is an engine without a pool, by which a server is told to end a statement."""
        self.name = name
        self.dialect = dialect
        self.engine = engine
        self.timeout = timeout
        self._aside = aside
        self._sync = engine.sync_engine
        watch_idle(self._sync)

    def connect(self) -> Any:
        """One of the pool's connections, as SQLAlchemy's synchronous one; for `calling`."""
        return self._sync.connect()

    async def check(self) -> None:
        await self.run(Work(_ALIVE, "scalar", {}))

    async def close(self) -> None:
        with contextlib.suppress(Exception):
            await within(_PATIENCE, self.engine.dispose())

    async def run(self, work: Work) -> Any:
        """What the statement gives.

        Raises:
            FlowError: `connector.sql.constraint` and so on.
        """
        parameters = self.bound(work)

        def alone(mark: Callable[[Any], None]) -> Any:
            with self.connect() as connection:
                mark(connection)
                try:
                    return run_whole(connection, self.dialect, work, parameters)
                except Exception as error:
                    # The table has changed since the statement was prepared; nothing has been done yet.
                    if not self.dialect.stale(error):
                        raise
                    return run_whole(connection, self.dialect, work, parameters)

        return await self.calling(alone)

    def bound(self, work: Work) -> Parameters:
        """The parameters as the driver takes them; raises FlowError `connector.sql.data`."""
        arrays, lists = self.dialect.arrays, work.statement.lists
        every = work.parameters if isinstance(work.parameters, list) else [work.parameters]
        made = []
        for each in every:
            for name in lists:
                if not isinstance(each.get(name), list | tuple):
                    raise FlowError("connector.sql.data", f"{self.name}: `in :{name}` needs a list")
            # Lists behind `in` go item by item, whatever the database knows.
            made.append(
                {
                    name: [bound(item, arrays) for item in value] if name in lists else bound(value, arrays)
                    for name, value in each.items()
                }
            )
        return made if isinstance(work.parameters, list) else made[0]

    async def calling(self, work: Callable[[Callable[[Any], None]], T], mark: Any = None) -> T:
        """What a piece of work gives that uses SQLAlchemy as if it were not asynchronous, within the timeout.

        Args:
            work: Is given what it tells its connection to. mark: The same, where it is known before.

        Raises:
            FlowError: what happened.
        """
        from sqlalchemy.util import greenlet_spawn

        abort = self.dialect.abort
        try:
            if abort is None:
                return await within(self.timeout, greenlet_spawn(work, _unmarked))
            marks = [] if mark is None else [mark]

            def marking(connection: Any) -> None:
                marks.append(self.dialect.mark(connection))

            waiting = _until_ended(greenlet_spawn(work, marking), lambda: abort(self._aside, marks[-1]), marks)
            return await within(self.timeout, waiting)
        except DeadlineError:
            message = f"{self.name}: the statement took longer than {self.timeout:g} s"
            raise FlowError("connector.timeout", message) from None
        except Exception as error:
            raise told(self.name, self.dialect, error) from error

    @contextlib.asynccontextmanager
    async def raw(self) -> AsyncIterator[Any]:
        """A connection of the driver, apart from the pool, for what SQLAlchemy has no words for.

        Raises:
            FlowError: `connector.unavailable` and so on.
        """
        held = await self.calling(lambda _: self._aside.sync_engine.connect())
        try:
            yield held.connection.driver_connection
        finally:
            with contextlib.suppress(FlowError):
                await self.calling(lambda _: held.close())

    async def rows(self, work: Work, connection: Any = None) -> AsyncGenerator[dict[str, Any], None]:
        """Rows one by one, of which few are in memory.

        Args:
            connection: Of a transaction; one of its own if left out.

        Raises:
            FlowError: what happened.
        """
        parameters = self.bound(work)
        clause = work.statement.clause(self.dialect.arrays)
        own = None if connection is not None else await self.calling(lambda _: self.connect())
        held = connection if own is None else own
        mark = await self.calling(lambda _: self.dialect.mark(held))
        options = {"stream_results": True, "yield_per": PIECE}

        def begun(_: Any) -> Any:
            if own is not None and not self.dialect.begin:
                # Cursors on the server live inside a transaction.
                own.execution_options(isolation_level=own.default_isolation_level)
            return held.execute(clause, parameters, execution_options=options)

        try:
            result = await self.calling(begun, mark)
            try:
                columns = columns_of(result)
                while rows := await self.calling(lambda _: result.fetchmany(PIECE), mark):
                    for row in named(columns, rows):
                        yield row
            finally:
                with contextlib.suppress(FlowError):
                    await self.calling(lambda _: result.close(), mark)
        finally:
            if own is not None:
                with contextlib.suppress(FlowError):
                    await self.calling(lambda _: own.close(), mark)


_ALIVE = Statement("select 1")


def run_whole(connection: Any, dialect: Dialect, work: Work, parameters: Parameters) -> Any:
    """As `run`; a batch is done as a whole, or not at all."""
    if not isinstance(parameters, list):
        return run(connection, dialect, work, parameters)
    with _begun(connection, dialect):
        return run(connection, dialect, work, parameters)


def run(connection: Any, dialect: Dialect, work: Work, parameters: Parameters) -> Any:
    """Runs a statement on SQLAlchemy's synchronous connection, and reads what it gives."""
    result = connection.execute(work.statement.clause(dialect.arrays), parameters)
    if work.mode == "execute":
        return _done(result, work)
    columns = columns_of(result)
    if work.mode == "scalar":
        row = result.fetchone()
        result.close()
        return None if row is None else plain(row[0])
    if work.mode == "row":
        row = result.fetchone()
        result.close()
        return None if row is None else named(columns, [row])[0]
    rows = result.fetchmany(work.most + 1)
    if len(rows) > work.most:
        result.close()
        raise FlowError("connector.sql.tooMany", f"the statement gives more than {work.most} rows")
    result.close()
    return named(columns, rows)


def columns_of(result: Any) -> list[str]:
    """The names of the columns; raises FlowError where there are none, or one comes twice."""
    if not result.returns_rows:
        raise FlowError("connector.sql.statement", "the statement gives no rows: use the mode `execute`")
    columns = list(result.keys())
    if len(set(columns)) < len(columns):
        twice = next(name for name in columns if columns.count(name) > 1)
        raise FlowError("connector.sql.statement", f"two columns are called {twice!r}: name one of them by `as`")
    return columns


def _done(result: Any, work: Work) -> dict[str, Any]:
    unknown = None if isinstance(work.parameters, list) else 0
    done: dict[str, Any] = {"affected": result.rowcount if result.rowcount >= 0 else unknown}
    # Some drivers know the key that the database gave to a row.
    key = getattr(result.context.cursor, "lastrowid", None) if work.statement.inserts else None
    if isinstance(key, int) and key > 0 and done["affected"]:
        done["lastId"] = key
    result.close()
    return done


@contextlib.contextmanager
def _begun(connection: Any, dialect: Dialect) -> Any:
    """What is done in the block is done as a whole, or not at all."""
    begin(connection, dialect)
    try:
        yield
    except BaseException:
        with contextlib.suppress(Exception):
            end(connection, dialect, keep=False)
        raise
    end(connection, dialect, keep=True)


def begin(connection: Any, dialect: Dialect, isolation: str = "") -> None:
    """Begins a transaction on a connection that committed each statement before."""
    if dialect.begin:
        connection.exec_driver_sql(dialect.begin)
    else:
        connection.execution_options(isolation_level=isolation or connection.default_isolation_level)


def end(connection: Any, dialect: Dialect, keep: bool) -> None:
    """Ends the transaction: what was done is kept, or undone."""
    if dialect.begin:
        connection.exec_driver_sql("COMMIT" if keep else "ROLLBACK")
    elif keep:
        connection.commit()
    else:
        connection.rollback()


def watch_idle(engine: Any) -> None:
    """Has connections that nobody used for a while looked at before they are used: the server may have gone since.

    Looking at each one before each use would cost a quarter of the speed.
    """
    from sqlalchemy import event
    from sqlalchemy.exc import DisconnectionError

    def checked_in(_: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    def checked_out(raw: Any, record: Any, _: Any) -> None:
        if time.monotonic() - record.info.get("used", time.monotonic()) < IDLE:
            return
        try:
            alive = engine.dialect.do_ping(raw)
        except Exception as error:
            raise DisconnectionError from error
        if not alive:
            raise DisconnectionError

    event.listen(engine, "checkin", checked_in)
    event.listen(engine, "checkout", checked_out)


def _unmarked(_: Any) -> None:
    """For drivers that need no mark."""


async def _until_ended(work: Any, abort: Callable[[], Awaitable[None]], marks: list[Any]) -> Any:
    """What the work gives. Cancelled, it has the server end the statement, and waits for that."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            if marks:
                with contextlib.suppress(Exception):
                    await within(_PATIENCE, abort())
            await _ended(task)
        raise


async def _ended(task: "asyncio.Future[Any]") -> None:
    with contextlib.suppress(Exception):
        await within(_PATIENCE, asyncio.wait([task]))
    if not task.done():
        task.cancel()
        await asyncio.wait([task])
    if not task.cancelled():
        task.exception()
