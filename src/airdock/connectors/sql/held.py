"""The transactions in which steps run just now."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextvars import ContextVar
from typing import Any

from airdock.connectors.sql.client import SqlClient, Work, begin, end, run
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.spec.connection import Link


class Held:
    """A transaction: one connection, for the steps of one task.

    Attributes:
        run_id: The run that began it. task: In which its steps run.
    """

    def __init__(self, client: SqlClient, connection: Any, run_id: str) -> None:
        self.run_id = run_id
        self.task = asyncio.current_task()
        self._client = client
        self._connection = connection
        self._mark: Any = None

    async def run(self, work: Work) -> Any:
        """As `SqlClient.run`, inside the transaction."""
        client = self._client
        parameters = client.bound(work)
        if self._mark is None:
            self._mark = await client.calling(lambda _: client.dialect.mark(self._connection))
        return await client.calling(lambda _: run(self._connection, client.dialect, work, parameters), self._mark)

    def rows(self, work: Work) -> AsyncGenerator[dict[str, Any], None]:
        """As `SqlClient.rows`, inside the transaction."""
        return self._client.rows(work, self._connection)


HELD: ContextVar[Mapping[str, Held]] = ContextVar("held", default={})  # noqa: B039 -- it is never changed in place
"""By the path of the connection."""


@contextlib.asynccontextmanager
async def holding(client: SqlClient, path: str, run_id: str, isolation: str = "") -> AsyncIterator[None]:
    """Has steps in the block share a transaction. It is committed behind the block, and undone if that raises."""
    connection = await client.calling(lambda _: client.connect())
    try:
        await client.calling(lambda _: begin(connection, client.dialect, isolation))
        token = HELD.set({**HELD.get(), path: Held(client, connection, run_id)})
        try:
            yield
        except BaseException:
            with contextlib.suppress(FlowError):
                await client.calling(lambda _: end(connection, client.dialect, keep=False))
            raise
        finally:
            HELD.reset(token)
        await client.calling(lambda _: end(connection, client.dialect, keep=True))
    finally:
        with contextlib.suppress(FlowError):
            await client.calling(lambda _: connection.close())


def held_by(link: Link, exchange: Exchange) -> Held | None:
    """The transaction that a step is to use; None for none.

    Raises:
        FlowError: `connector.sql.parallel`, the step runs beside those of the transaction.
    """
    held = HELD.get().get(link.path)
    # What runs beside as a run of its own has nothing to do with the transaction.
    if held is None or held.run_id != exchange.run.id:
        return None
    if held.task is not asyncio.current_task():
        message = f"{link.path}: steps that run side by side cannot share the transaction that they stand in"
        raise FlowError("connector.sql.parallel", message)
    return held
