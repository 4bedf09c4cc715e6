import asyncio
from collections.abc import Awaitable
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.formats import FORMATS
from airdock.formats.format import ContentError, Read, Reading, TooLargeError
from airdock.formats.text import kind_of
from airdock.spec.fields import REQUIRED, Alternatives, field
from airdock.spec.kinds import Choice
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.step import Compiled, Compiler, ProducingStep

_LARGE = 64 * 1024


class Unmarshal(ProducingStep):
    """Makes a value of content in a format, such as JSON, XML or CSV: Camel's unmarshal.

    The content is the body: a text or bytes, of the request as they came, whatever its content type says. What does
    not fit the format is an error `unmarshal.content`, which tells the place and gives an HTTP caller 400; what is, or
    becomes, larger than the options allow is `unmarshal.tooLarge`, 413.
    """

    type = "unmarshal"
    group = "answer and data"
    example = {"type": "unmarshal", "format": "csv", "delimiter": ";"}
    alternatives = Alternatives("format", "options", {each.name: each.reading for each in FORMATS})

    format: str = field(
        Choice(tuple(each.name for each in FORMATS)), "The format of the content.", default=REQUIRED, example="csv"
    )
    source: Expression | None = field(
        ExpressionKind(), "The content, where it is not the body.", example="body.attachments[0].content"
    )
    options: Reading

    @property
    def reads_body(self) -> bool:
        return self.source is None

    def compile(self, compiler: Compiler) -> Compiled:
        read, store = self.options.compile(compiler.file), self.store()
        evaluate = self.source.evaluate if self.source is not None else None
        name, slow = self.format, self.options.slow

        def unmarshal(exchange: Exchange) -> Awaitable[None] | None:
            data, content_type = (evaluate(exchange), "") if evaluate is not None else _body(exchange)
            if type(data) is not bytes and type(data) is not str:
                data = _plain(data, name)
            if slow and len(data) > _LARGE:
                return unmarshal_beside(exchange, data, content_type)
            store(exchange, _value(name, read, data, content_type))
            return None

        async def unmarshal_beside(exchange: Exchange, data: str | bytes, content_type: str) -> None:
            store(exchange, await asyncio.to_thread(_value, name, read, data, content_type))

        return unmarshal


def _body(exchange: Exchange) -> tuple[Any, str]:
    """The content and its type; the type is empty where a step set the body."""
    if exchange.body_set:
        return exchange.body, exchange.body_type
    return exchange.request.content, exchange.request.content_type


def _plain(data: Any, name: str) -> str | bytes:
    if isinstance(data, bytes | bytearray | memoryview):
        return bytes(data)
    if isinstance(data, str):
        return str(data)
    raise FlowError("unmarshal.content", f"{name} is read from a text or bytes, not from {kind_of(data)}")


def _value(name: str, read: Read, data: str | bytes, content_type: str) -> Any:
    try:
        return read(data, content_type)
    except TooLargeError as error:
        raise FlowError("unmarshal.tooLarge", f"The content is too large: {error}") from error
    except ContentError as error:
        raise FlowError("unmarshal.content", f"The content is not {name}: {error}") from error
