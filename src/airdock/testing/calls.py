"""What flows called while they were tested."""

import asyncio
from typing import Any

from airdock.copying import copy_value
from airdock.errors import AirdockError
from airdock.exchange import Exchange
from airdock.expressions import Expression, Template
from airdock.spec.fields import Spec
from airdock.spec.flow import SubFlow
from airdock.spec.step import Step


class Call:
    """A call of a flow, a script or a step, mocked or not.

    Attributes:
        kind: `flow`, `script` or `step`.
        name: The flow's or the script's path, or the step's.
        function: That of the script. step_name: That of the step. flow: The flow that the step is in.
        connection, address: What the step reaches; empty for none.
        body, headers, properties: Of the message when the call was made, as copies.
        input: The fields of the step, with their values then.
        at: Seconds on the clock of the loop.
        error: The code of the error with which a mock answered it; empty for none.
    """

    def __init__(self, kind: str, name: str, exchange: Exchange, **more: Any) -> None:
        self.kind = kind
        self.name = name
        self.function: str = more.get("function", "")
        self.step_name: str = more.get("step_name", "")
        self.flow: str = more.get("flow", "")
        self.connection: str = more.get("connection", "")
        self.address: str = more.get("address", "")
        self.body = _body(exchange)
        self.headers = _copied(dict(exchange.headers))
        self.properties = _copied(exchange.properties)
        self.input: dict[str, Any] = more.get("input", {})
        self.at = asyncio.get_running_loop().time()
        self.error = ""

    def as_document(self) -> dict[str, Any]:
        """What an expression sees of it."""
        names = ("kind", "name", "function", "body", "headers", "properties", "input", "at", "error")
        return {name: getattr(self, name) for name in names}


def input_of(step: Step, exchange: Exchange) -> dict[str, Any]:
    """The fields that only steps of this type have, with the values that they have for a message."""
    own = (name for name in type(step).fields if name not in Step.fields)
    given = {name: getattr(step, step.attributes[name]) for name in own}
    return {name: _valued(value, exchange) for name, value in given.items() if value is not None}


def _valued(value: Any, exchange: Exchange) -> Any:
    if isinstance(value, Template | Expression):
        try:
            return value.evaluate(exchange)
        except AirdockError as error:
            return f"({error})"
    if isinstance(value, Step | SubFlow):
        return None
    if isinstance(value, Spec):
        value = value.values()
    if isinstance(value, dict):
        return {name: _valued(each, exchange) for name, each in value.items()}
    return [_valued(each, exchange) for each in value] if isinstance(value, list) else value


def _body(exchange: Exchange) -> Any:
    if exchange.request.unread and "body" not in exchange.document:
        return None
    try:
        return _copied(exchange.body)
    except AirdockError as error:
        return f"({error})"


def _copied(value: Any) -> Any:
    try:
        return copy_value(value)
    except (AirdockError, RecursionError):
        return value
