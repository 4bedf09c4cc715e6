"""A GraphQL service in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from airdock.connectors.graphql.results import Executed, errors_of
from airdock.errors import FlowError

Subscribed = tuple[str, dict[str, Any], str, "asyncio.Queue[Executed | FlowError]"]
"""A subscription that was asked for."""


class FakeGraphql:
    """Keeps the promises of `GraphqlClient` for the documents that it was given; for others it has errors.

    Attributes:
        calls: The document, the variables and the operation of each call.
        subscriptions: The same of each subscription, and where what it gives is put: a result, or an error.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any], str]] = []
        self.subscriptions: asyncio.Queue[Subscribed] = asyncio.Queue()
        self._answers: dict[str, Callable[[Any], Any]] = {}

    def answer(self, document: str, answer: Callable[[Any], Any]) -> None:
        """A document gives from now on what `answer` makes of its variables: an object with `data` and `errors`."""
        self._answers[" ".join(document.split())] = answer

    async def execute(self, document: str, variables: Mapping[str, Any], operation: str = "") -> Executed:
        found = self._answers.get(" ".join(document.split()))
        if found is None:
            told = "a test has no answer for this document: mock the step, or its `connection`"
            raise FlowError("connector.graphql.errors", told, details={"errors": [{"message": told}]})
        self.calls.append((document, dict(variables), operation))
        value = found(variables)
        executed = Executed(value.get("data"), value.get("errors", []))
        if executed.data is None and executed.errors:
            raise errors_of("a test", executed.errors)
        return executed

    @asynccontextmanager
    async def subscribe(
        self, document: str, variables: Mapping[str, Any], operation: str = ""
    ) -> AsyncIterator[AsyncIterator[Executed]]:
        feed: asyncio.Queue[Executed | FlowError] = asyncio.Queue()
        self.subscriptions.put_nowait((document, dict(variables), operation, feed))
        yield _given(feed)

    async def check(self) -> None:
        """It is always there."""

    async def close(self) -> None:
        self._answers = {}


async def _given(feed: "asyncio.Queue[Executed | FlowError]") -> AsyncIterator[Executed]:
    while isinstance(came := await feed.get(), Executed):
        yield came
    raise came
