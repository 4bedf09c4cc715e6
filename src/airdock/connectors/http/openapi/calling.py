"""A step that names an operation: checked when it is compiled, as far as it is known then, and at each call."""

from collections.abc import Callable, Mapping
from typing import Any

from airdock.connectors.http.bodies import encode_body
from airdock.connectors.http.calls import Call
from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.http.openapi.arguments import Arguments
from airdock.connectors.http.openapi.document import DocumentError, NoOperationError, read_document
from airdock.errors import DescriptorError, FlowError, Place, Problem
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.step import Compiler, Step
from airdock.streams import STREAM_READ, Stream

Make = Callable[[Exchange], Call]


class Calling:
    """An operation, and what makes its arguments.

    Attributes:
        method: In capitals. content_type: Of the body; empty where there is none.
    """

    def __init__(self, arguments: Arguments, params: Mapping[str, Template]) -> None:
        self.method = arguments.operation.method
        body = arguments.operation.body
        self.content_type = "" if body is None else body.content_type
        self._arguments = arguments
        self._makers = [(name, each.evaluate, each.constant) for name, each in params.items()]

    def parts(self, exchange: Exchange) -> tuple[str, str, dict[str, str]]:
        """Path, query and headers; raises FlowError `connector.http.arguments`."""
        given = {name: make(exchange) for name, make, _ in self._makers}
        for name, _, constant in self._makers:
            if not constant:
                self._arguments.value(name, given[name])
        return self._arguments.written(given)

    def check_body(self, value: Any) -> None:
        """Raises FlowError `connector.http.arguments`."""
        self._arguments.body(value)


def calling(step: Step, file: str, operation: str, params: Mapping[str, Template], compiler: Compiler) -> Calling:
    """The operation of a document that a step names.

    Raises:
        DescriptorError: the document cannot be used, or has no such operation; names or constant arguments do not fit.
    """
    if not file:
        raise _problem("its connection has no `openapi`: no document knows operations", step.place_of("operation"))
    place = step.place_of("connection")
    try:
        document = read_document(compiler.file(file, place))
        found = document.operation(operation)
        arguments = Arguments(document, found)
    except DocumentError as error:
        raise _problem(f"{file}: {error}", place) from error
    except NoOperationError as error:
        problem = Problem("descriptor.reference", str(error), step.place_of("operation"), error.hint)
        raise DescriptorError([problem]) from error
    try:
        arguments.names(params)
        for name, each in params.items():
            if each.constant:
                arguments.value(name, each.value)
    except FlowError as error:
        raise _problem(error.message, step.place_of("params")) from error
    return Calling(arguments, params)


def operation_problems(step: Any) -> list[tuple[str, str]]:
    """What is wrong between the fields of a step, as `Spec.check` tells it."""
    if not step.operation:
        return [("params", "`params` are those of an `operation`")] if step.params else []
    if not step.connection:
        return [("operation", "an `operation` needs a `connection`: its `openapi` is the document that knows it")]
    others = [name for name in ("url", "path", "query", "method") if name in step.places]
    return [(name, f"`operation` says where the call goes: leave `{name}` out") for name in others]


def operation_caller(step: Any, compiler: Compiler, headers: Callable[[Exchange], dict[str, str]]) -> Make:
    """What makes the call of a message for a step that names an operation.

    Args:
        headers: What makes those that the step sets.

    Raises:
        DescriptorError: as `calling`.
    """
    declared = compiler.declaration(step.connection, (HttpConnection,), step.place_of("connection"))
    made = calling(step, declared.openapi, step.operation, step.params, compiler)
    body: Template | None = step.body
    if body is None or body.constant:
        try:
            made.check_body(None if body is None else body.value)
        except FlowError as error:
            raise _problem(error.message, step.place_of("body")) from error
    timeout, redirects, max_size = step.timeout, step.redirects, step.max_size

    def make(exchange: Exchange) -> Call:
        path, query, own = made.parts(exchange)
        fields = {**own, **headers(exchange)}
        data = value = None
        if body is not None:
            value = body.evaluate(exchange)
            made.check_body(value)
        if body is not None and value is not None:
            told = next((field for name, field in fields.items() if name.lower() == "content-type"), made.content_type)
            if isinstance(value, Stream):
                raise FlowError("connector.http.body", f"the body of an operation cannot be {STREAM_READ}")
            data, content_type = encode_body(value, told)
            fields = {name: field for name, field in fields.items() if name.lower() != "content-type"}
            fields["Content-Type"] = content_type
        return Call(
            made.method,
            path=path,
            query=query,
            headers=fields,
            body=data,
            timeout=timeout,
            redirects=redirects,
            max_size=max_size,
        )

    return make


def _problem(message: str, place: Place) -> DescriptorError:
    return DescriptorError([Problem("descriptor.value", message, place)])
