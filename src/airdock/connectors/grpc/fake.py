"""A gRPC service in memory."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from airdock.connectors.grpc.services import Form, Method
from airdock.errors import FlowError

Answer = Callable[[Any], Any]
_PLAIN = Form()


class FakeGrpc:
    """Keeps the promises of `GrpcClient` for the methods that it was given; others are not there.

    Attributes:
        calls: The method, message and metadata of each call.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any, dict[str, str]]] = []
        self._answers: dict[str, tuple[bool, Answer]] = {}

    def answer(self, name: str, answer: Answer, *, streams: bool = False) -> None:
        """`shop.Stock/Get` answers from now on; `answer` raises FlowError, or gives an object, or an iterable of them
        where it streams."""
        self._answers[name] = (streams, answer)

    async def method(self, name: str) -> Method:
        if name not in self._answers:
            message = f"there is no method {name!r} in a test: mock the step, its `connection` or its `address`"
            raise FlowError("connector.grpc.method", message)
        return Method(name, self._answers[name][0], None, None)

    async def unary(
        self,
        method: Method,
        message: Any,
        metadata: Mapping[str, str] | None = None,
        *,
        deadline: float | None = None,
        form: Form = _PLAIN,
    ) -> Any:
        return self._called(method, message, metadata)

    async def stream(
        self,
        method: Method,
        message: Any,
        metadata: Mapping[str, str] | None = None,
        *,
        deadline: float | None = None,
        form: Form = _PLAIN,
    ) -> AsyncIterator[Any]:
        for each in self._called(method, message, metadata):
            yield each

    async def check(self) -> None:
        """It is always there."""

    async def close(self) -> None:
        self._answers = {}

    def _called(self, method: Method, message: Any, metadata: Mapping[str, str] | None) -> Any:
        if not isinstance(message, dict):
            raise FlowError("connector.grpc.message", f"a message of {method.name} is an object")
        self.calls.append((method.name, message, dict(metadata or {})))
        return self._answers[method.name][1](message)
