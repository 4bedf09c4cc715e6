from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import msgspec

from airdock.connectors.file.connection import FileConnection
from airdock.connectors.file.paths import Content, Files, inner
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.connection import Link
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import TEXT_TEMPLATE, Boolean, Choice, Integer, Module, Size, Text
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Outside, ProducingStep
from airdock.streams import Stream, close_items

_PIECE = 256 * 1024

Work = Callable[[Files, str, Exchange], Awaitable[Any]]


class FileStep(ProducingStep):
    """Reads, writes, lists, moves and deletes files of a `file` connection.

    | operation | result |
    |---|---|
    | `read` | the file's bytes, for `unmarshal`; with `encoding` a text, with `streaming` pieces of bytes |
    | `write`, `append` | `{path, size}`; the content is the body, or `content` |
    | `list` | a list of `{path, name, size, modified}`, ordered by path, of the folder `path` |
    | `exists` | true or false |
    | `move` | `{path}`, the one where it is now |
    | `delete` | whether there was a file |
    | `mkdir` | `{path}` |

    Bytes and texts are written as they are, a text in UTF-8; any other value as JSON. A body that comes piece by piece
    is written so, however large it is. Who reads a file while it is
    written sees all of the old one or all of the new one. Folders above a file are made.
    """

    type = "file"
    group = "connectors"
    waits = True
    repeatable = False
    example = {
        "type": "file",
        "connection": "/shop/orders.connection",
        "operation": "write",
        "path": "out/${body.id}.json",
        "result": "written",
    }

    connection: str = field(
        Module((".connection",)), "The `file` connection.", default=REQUIRED, example="/shop/orders.connection"
    )
    operation: str = field(
        Choice(("read", "write", "append", "list", "exists", "move", "delete", "mkdir")),
        "What is done.",
        default=REQUIRED,
        example="read",
    )
    file_path: Template | None = field(
        TEXT_TEMPLATE, "The file, or the folder of `list` and `mkdir`.", example="in/${body.name}", name="path"
    )
    to: Template | None = field(TEXT_TEMPLATE, "Where `move` moves it.", example="done/${body.name}")
    content: Template | None = field(
        TemplateKind(), "What `write` and `append` write; the body if left out.", example="${properties.invoice}"
    )
    overwrite: bool = field(
        Boolean(), "`write` and `move` replace a file that is there; else that is an error.", default=False
    )
    pattern: str = field(Text(), "Glob of the names that `list` lists.", default="*", example="*.csv")
    recursive: bool = field(Boolean(), "`list` lists the folders inside, too.", default=False)
    most: int = field(Integer(1, 100_000), "`list` fails where there are more files.", default=10_000)
    encoding: str = field(
        Text(r"(?i)utf-8|us-ascii|iso-8859-1|iso-8859-15|windows-1252|utf-16", "a charset such as utf-8"),
        "`read` gives a text of this charset.",
        default="",
        example="utf-8",
    )
    streaming: bool = field(Boolean(), "`read` gives the file piece by piece.", default=False)
    max_size: int = field(
        Size(), "`read` without `streaming` reads no larger file.", default=16 * 1024**2, unit="bytes", example="1MB"
    )

    @property
    def reads_body(self) -> bool:
        return self.content is None and self.operation in ("write", "append")

    @property
    def reaches(self) -> Outside | None:
        path = self.file_path
        return Outside(self.connection, path.text if path is not None else lambda exchange: "")

    def compile(self, compiler: Compiler) -> Compiled:
        link = compiler.connection(self.connection, (FileConnection,), self.place_of("connection"))
        path = self.file_path.text if self.file_path is not None else lambda exchange: ""
        store, folder = self.store(), self.operation in ("list", "exists", "mkdir")
        streams = self.streaming and self.operation == "read"
        work: Work = getattr(self, f"_{self.operation}")

        async def file(exchange: Exchange) -> None:
            where = inner(path(exchange)) if folder else _file(path(exchange))
            async with link.use() as files:
                if not streams:
                    store(exchange, await work(files, where, exchange))
                    return
                first = await files.read(where, 0, _PIECE)
            store(exchange, Stream(_pieces(link, where, first)))

        return file

    async def _read(self, files: Files, path: str, exchange: Exchange) -> Any:
        content = await files.read(path, 0, self.max_size + 1)
        if len(content) > self.max_size:
            message = f"{path!r} has more than {self.max_size} bytes, which `maxSize` allows: read it by `streaming`"
            raise FlowError("connector.file.tooLarge", message)
        if not self.encoding:
            return content
        try:
            return content.decode(self.encoding)
        except UnicodeDecodeError as error:
            message = f"{path!r} is not {self.encoding}: byte {error.start} does not fit"
            raise FlowError("connector.file.encoding", message) from error

    async def _write(self, files: Files, path: str, exchange: Exchange) -> Any:
        return {"path": path, "size": await files.write(path, self._content(exchange), self.overwrite)}

    async def _append(self, files: Files, path: str, exchange: Exchange) -> Any:
        content = self._content(exchange)
        if not isinstance(content, bytes):
            raise FlowError("connector.file.content", "what comes item by item can be written, not appended")
        await files.append(path, content)
        return {"path": path, "size": len(content)}

    async def _list(self, files: Files, path: str, exchange: Exchange) -> Any:
        return await files.list(path, self.pattern, self.recursive, self.most)

    async def _exists(self, files: Files, path: str, exchange: Exchange) -> Any:
        return await files.exists(path)

    async def _move(self, files: Files, path: str, exchange: Exchange) -> Any:
        to = _file(self.to.text(exchange)) if self.to is not None else ""
        await files.move(path, to, self.overwrite)
        return {"path": to}

    async def _delete(self, files: Files, path: str, exchange: Exchange) -> Any:
        return await files.delete(path)

    async def _mkdir(self, files: Files, path: str, exchange: Exchange) -> Any:
        await files.mkdir(path)
        return {"path": path}

    def _content(self, exchange: Exchange) -> Content:
        value = exchange.body if self.content is None else self.content.evaluate(exchange)
        if isinstance(value, Stream):
            return _bytes_of(value.take())
        if isinstance(value, bytes | bytearray | memoryview):
            return bytes(value)
        if isinstance(value, str):
            return value.encode("utf-8", "replace")
        try:
            return msgspec.json.encode(value)
        except (TypeError, ValueError) as error:
            raise FlowError(
                "connector.file.content", "what is to be written is neither text, bytes nor JSON"
            ) from error

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = []
        if element.file_path is None and element.operation not in ("list", "mkdir", "exists"):
            broken.append(("path", f"`{element.operation}` needs a `path`"))
        if (element.to is not None) != (element.operation == "move"):
            broken.append(("to", "`to` belongs to `move`"))
        if element.content is not None and element.operation not in ("write", "append"):
            broken.append(("content", "`content` belongs to `write` and `append`"))
        if element.streaming and (element.operation != "read" or element.encoding):
            broken.append(("streaming", "`streaming` belongs to `read`, and gives bytes"))
        return broken


async def _bytes_of(items: Iterator[Any] | AsyncIterator[Any]) -> AsyncIterator[bytes]:
    """The items of a body that comes piece by piece, which are texts or bytes."""
    try:
        async for item in _each(items):
            if isinstance(item, bytes | bytearray | memoryview):
                yield bytes(item)
            elif isinstance(item, str):
                yield item.encode("utf-8", "replace")
            else:
                message = "what comes item by item is written if its items are texts or bytes: `marshal` them before"
                raise FlowError("connector.file.content", message)
    finally:
        await close_items(items)


async def _each(items: Iterator[Any] | AsyncIterator[Any]) -> AsyncIterator[Any]:
    if isinstance(items, AsyncIterator):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item


def _file(written: str) -> str:
    """The path of a file, which the folder itself is not."""
    path = inner(written)
    if not path:
        raise FlowError("connector.file.path", "the path of the file is empty")
    return path


async def _pieces(link: Link, path: str, piece: bytes) -> AsyncIterator[bytes]:
    offset = 0
    while piece:
        yield piece
        offset += len(piece)
        async with link.use() as files:
            piece = await files.read(path, offset, _PIECE)
