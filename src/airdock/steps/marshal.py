import asyncio
from collections.abc import Awaitable
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.formats.catalogue import FORMATS
from airdock.formats.format import UnwritableError, Write, Writing
from airdock.spec.fields import REQUIRED, Alternatives, field
from airdock.spec.kinds import Choice
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.step import Compiled, Compiler, ProducingStep
from airdock.steps.common.writing import unwritable, written
from airdock.streams import STREAM_READ, Stream

_LARGE = 2000


class Marshal(ProducingStep):
    """Makes content in a format, such as JSON, XML or CSV, of a value: Camel's marshal.

    The value is the body. What comes out, a text or bytes, becomes the body; the message's header `content-type` tells
    the type, and where the body is the answer, the answer has it. With `result` it goes to that property and nothing
    else changes. Of a stream `ndjson` makes a stream of bytes, which `file` and `http` take. A value that the format
    cannot hold is an error `marshal.value`.
    """

    type = "marshal"
    group = "answer and data"
    example = {"type": "marshal", "format": "xml", "root": "order"}
    alternatives = Alternatives("format", "options", {each.name: each.writing for each in FORMATS})

    format: str = field(
        Choice(tuple(each.name for each in FORMATS)), "The format to write.", default=REQUIRED, example="csv"
    )
    source: Expression | None = field(ExpressionKind(), "The value, where it is not the body.", example="body.items")
    options: Writing

    @property
    def reads_body(self) -> bool:
        return self.source is None

    def compile(self, compiler: Compiler) -> Compiled:
        write = self.options.compile(compiler.file)
        evaluate = self.source.evaluate if self.source is not None else None
        store = self.store() if self.result else None
        name, slow, items = self.format, self.options.slow, self.options.compile_items()

        def marshal(exchange: Exchange) -> Awaitable[None] | None:
            value = exchange.body if evaluate is None else evaluate(exchange)
            if isinstance(value, Stream):
                if items is None:
                    raise FlowError("marshal.value", f"The value cannot be written as {name}: it is {STREAM_READ}")
                take(exchange, Stream(written(value.take(), items[0], name)), items[1])
                return None
            if slow and _is_large(value):
                return marshal_beside(exchange, value)
            take(exchange, *_content(name, write, value))
            return None

        async def marshal_beside(exchange: Exchange, value: Any) -> None:
            take(exchange, *await asyncio.to_thread(_content, name, write, value))

        def take(exchange: Exchange, content: str | bytes | Stream, content_type: str) -> None:
            if store is not None:
                store(exchange, content)
            else:
                exchange.set_typed_body(content, content_type)

        return marshal


def _content(name: str, write: Write, value: Any) -> tuple[str | bytes, str]:
    try:
        return write(value)
    except UnwritableError as error:
        raise unwritable(error, name) from error


def _is_large(value: Any) -> bool:
    """Whether there is so much of a value that writing it takes long; looking at it ends where it is."""
    left = _LARGE
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str | bytes):
            left -= len(each) // 64
        elif isinstance(each, dict | list | tuple):
            left -= len(each)
            if left > 0:
                waiting.extend(each.values() if isinstance(each, dict) else each)
        if left <= 0:
            return True
    return False
