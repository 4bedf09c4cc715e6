"""A registry in memory, and runs on it."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from airdock.exchange import Exchange, Run
from airdock.request import Request


class MemoryModules:
    """Files by path; a value that is no text is written as JSON."""

    def __init__(self, files: dict[str, Any]) -> None:
        self.version = "test"
        self.files = files

    def read(self, path: str) -> bytes | None:
        content = self.files.get(path)
        if content is None or isinstance(content, bytes):
            return content
        return content.encode() if isinstance(content, str) else json.dumps(content).encode()


def make_exchange(request: Request | None = None, body: Any = None, **properties: Any) -> Exchange:
    exchange = Exchange(Run("0192-run", "routing/shield.flow", "routing"), request or Request())
    exchange.properties.update(properties)
    if body is not None:
        exchange.document["body"] = body
    return exchange


def store_body(exchange: Exchange, value: Any) -> None:
    exchange.body = value


async def finished(script: Callable[[Exchange], Awaitable[None]], exchange: Exchange) -> Exchange:
    await script(exchange)
    return exchange
