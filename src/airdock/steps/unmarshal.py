import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.formats.catalogue import FORMATS
from airdock.formats.format import ContentError, Reading
from airdock.spec.fields import REQUIRED, Alternatives, field
from airdock.spec.kinds import Choice
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.step import Compiled, Compiler, ProducingStep
from airdock.steps.common.content import arriving, as_content, body_content, stream_of, told
from airdock.streams import Stream

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
        return self.source is None and not self.options.streaming

    def compile(self, compiler: Compiler) -> Compiled:
        if self.options.streaming:
            return self._streaming()
        read, content, store = self.options.compile(compiler.file), self._content(), self.store()
        name, slow = self.format, self.options.slow

        def unmarshal(exchange: Exchange) -> Awaitable[None] | None:
            data, content_type = content(exchange)
            if type(data) is not bytes and type(data) is not str:
                data = as_content(data, name)
            if slow and len(data) > _LARGE:
                return unmarshal_beside(exchange, data, content_type)
            try:
                value = read(data, content_type)
            except ContentError as error:
                raise told(error, name) from error
            store(exchange, value)
            return None

        async def unmarshal_beside(exchange: Exchange, data: str | bytes, content_type: str) -> None:
            try:
                value = await asyncio.to_thread(read, data, content_type)
            except ContentError as error:
                raise told(error, name) from error
            store(exchange, value)

        return unmarshal

    def _streaming(self) -> Compiled:
        content, store = self._content(), self.store()
        name, options, of_body = self.format, self.options, self.source is None

        def unmarshal(exchange: Exchange) -> None:
            if of_body and not exchange.body_set:
                request = exchange.request
                feed = options.feed(request.content_type)
                stream = Stream(arriving(request.pieces(options.max_size), feed, name))
            else:
                data, content_type = content(exchange)
                stream = stream_of(data, options.feed(content_type), name)
            store(exchange, stream)

        return unmarshal

    def _content(self) -> Callable[[Exchange], tuple[Any, str]]:
        """What gives the content, and the content type that came with it."""
        if self.source is None:
            return body_content
        evaluate = self.source.evaluate
        return lambda exchange: (evaluate(exchange), "")
