"""A SOAP service in memory."""

from collections.abc import Callable
from typing import Any

from airdock.errors import FlowError


class FakeSoap:
    """Keeps the promises of `SoapClient` for the operations that it was given; others are not there.

    Attributes:
        calls: The operation and the arguments of each call.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self._answers: dict[str, Callable[[Any], Any]] = {}

    def answer(self, operation: str, answer: Callable[[Any], Any]) -> None:
        """An operation answers from now on; `answer` raises FlowError, or gives a plain value."""
        self._answers[operation] = answer

    async def call(self, operation: str, arguments: Any) -> Any:
        if operation not in self._answers:
            message = f"there is no operation {operation!r} in a test: mock the step, its `connection` or its `address`"
            raise FlowError("connector.soap.operation", message)
        if not isinstance(arguments, dict):
            raise FlowError("connector.soap.arguments", f"the arguments do not fit {operation}: they are no object")
        self.calls.append((operation, arguments))
        return self._answers[operation](arguments)

    async def check(self) -> None:
        """It is always there."""

    async def close(self) -> None:
        self._answers = {}
