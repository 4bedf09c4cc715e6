"""Services as descriptors describe them: which methods there are, and how objects become their messages and back."""

import asyncio
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, NamedTuple

from airdock.errors import FlowError

_LARGE = 64 * 1024


class NoMethodError(Exception):
    """A method is not there, or cannot be called; `hint` is what was meant."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Form(NamedTuple):
    """How answers are written: names as in the schema, fields that are not set with their defaults."""

    original_names: bool = False
    defaults: bool = False


class Method(NamedTuple):
    """A method that can be called.

    Attributes:
        name: `shop.Stock/Get`. streams: Its answer is a stream. request, response: The classes of its messages.
    """

    name: str
    streams: bool
    request: Any
    response: Any

    def encoded(self, message: Any) -> bytes:
        """An object as the request.

        Raises:
            FlowError: `connector.grpc.message`, it does not fit.
        """
        from google.protobuf import json_format

        if not isinstance(message, dict):
            raise FlowError("connector.grpc.message", f"a message of {self.name} is an object, no {_kind(message)}")
        try:
            content: bytes = json_format.ParseDict(message, self.request()).SerializeToString()
        except (json_format.ParseError, ValueError, TypeError, RecursionError) as error:
            raise FlowError("connector.grpc.message", f"the message does not fit {self.name}: {error}") from error
        return content

    async def decoded(self, content: bytes, form: Form) -> Any:
        """An answer as an object. A large one is made in a thread."""
        if len(content) > _LARGE:
            return await asyncio.to_thread(self._decoded, content, form)
        return self._decoded(content, form)

    def _decoded(self, content: bytes, form: Form) -> Any:
        from google.protobuf import json_format
        from google.protobuf.message import DecodeError

        try:
            return json_format.MessageToDict(
                self.response.FromString(content),
                preserving_proto_field_name=form.original_names,
                always_print_fields_with_no_presence=form.defaults,
            )
        except (DecodeError, ValueError, TypeError, RecursionError) as error:
            raise FlowError("connector.failed", f"the answer of {self.name} is no such message: {error}") from error


class Services:
    """What a pool of descriptors describes."""

    def __init__(self, pool: Any, names: Iterable[str] = ()) -> None:
        """`names`: those of the services, for errors."""
        self._pool = pool
        self._names = sorted(names)

    def method(self, name: str) -> Method:
        """A method by its name, `shop.Stock/Get`.

        Raises:
            NoMethodError: there is none that can be called.
        """
        from google.protobuf import message_factory

        service, _, own = name.partition("/")
        try:
            described = self._pool.FindServiceByName(service)
        except KeyError:
            raise NoMethodError(f"there is no service {service!r}", _near(service, self._names)) from None
        found = described.methods_by_name.get(own)
        if found is None:
            raise NoMethodError(f"{service} has no method {own!r}", _near(own, sorted(described.methods_by_name)))
        if found.client_streaming:
            raise NoMethodError(f"{name} takes a stream of messages; only methods that take one message can be called")
        request, response = map(message_factory.GetMessageClass, (found.input_type, found.output_type))
        return Method(name, found.server_streaming, request, response)


def services_of(described: bytes) -> Services:
    """Those of a descriptor set.

    Raises:
        NoSchemaError: it cannot be used.
    """
    from airdock.formats.protobuf_schema import pool_of

    pool, files = pool_of(described)
    names = (f"{each.package}.{service.name}".lstrip(".") for each in files for service in each.service)
    return Services(pool, names)


def _near(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 1, 0.5)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"there are {', '.join(known[:10])}" if known else ""


def _kind(value: Any) -> str:
    return "null" if value is None else type(value).__name__
