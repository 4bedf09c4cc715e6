"""The pool of connections to Redis. Imported when the first one is made, as it needs the package."""

from typing import Any

from redis.asyncio import BlockingConnectionPool


class Pool(BlockingConnectionPool):
    """A pool that waits for a free connection, and makes anew those that the server closed while nobody used them."""

    async def ensure_connection(self, connection: Any) -> None:
        reader = getattr(connection, "_reader", None)
        if reader is not None and reader.at_eof():
            await connection.disconnect()
        await super().ensure_connection(connection)
