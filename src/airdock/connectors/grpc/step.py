from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from airdock.connectors.grpc.connection import PRINTABLE, GrpcConnection, metadata_problems
from airdock.connectors.grpc.services import Form, Method, NoMethodError, services_of
from airdock.errors import DescriptorError, FlowError, Problem
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.formats.extras import library
from airdock.formats.protobuf_schema import NoSchemaError, described
from airdock.spec.connection import Link
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import TEXT_TEMPLATE, Boolean, Duration, MapOf, Module, Text
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Outside, ProducingStep
from airdock.streams import Stream

if TYPE_CHECKING:
    from airdock.connectors.grpc.client import GrpcClient


class Grpc(ProducingStep):
    """Calls a method of a gRPC service.

    Messages are objects in proto3's mapping to JSON: names in camelCase (in what is sent also as the schema writes
    them), 64-bit integers as texts, bytes in base64, enum values by name. A method that answers with a stream gives a
    body that comes message by message: `split` takes it. Its call begins when the first message is asked for, and an
    error of it is one of the step that reads. Methods that take a stream of messages cannot be called.

    The status of a call that fails becomes an error: `connector.grpc.notFound`, `connector.grpc.invalidArgument` and
    so on; `UNAVAILABLE` is `connector.unavailable`, `DEADLINE_EXCEEDED` is `connector.timeout`, `UNAUTHENTICATED` is
    `connector.refused`.
    """

    type = "grpc"
    group = "connectors"
    waits = True
    repeatable = False
    example = {
        "type": "grpc",
        "connection": "/shop/stock.connection",
        "method": "shop.Stock/Get",
        "message": {"sku": "${body.sku}"},
        "result": "stock",
    }

    connection: str = field(
        Module((".connection",)), "The service.", default=REQUIRED, example="/shop/stock.connection"
    )
    method: str = field(
        Text(r"[A-Za-z_][\w.]*/[A-Za-z_]\w*", "a service with its package, a slash, and a method: shop.Stock/Get"),
        "The method.",
        default=REQUIRED,
        example="shop.Stock/Get",
    )
    message: Template | None = field(
        TemplateKind(("object", "string")), "The message.", default=None, example={"sku": "${body.sku}"}
    )
    metadata: dict[str, Template] = field(
        MapOf(TEXT_TEMPLATE),
        "What is sent with the call, beside the metadata of the connection.",
        default={},
        example={"x-request-id": "${run.id}"},
    )
    deadline: float | None = field(
        Duration(),
        "The service is told to give the call up after this time. The connection's `timeout` if left out; a stream may"
        " then go on for ever.",
        unit="s",
        example="2s",
    )
    original_names: bool = field(Boolean(), "Names in the answer are as the schema writes them.", default=False)
    defaults: bool = field(Boolean(), "Fields that the answer does not set have their default values.", default=False)

    @property
    def reaches(self) -> Outside | None:
        return Outside(self.connection, lambda exchange: self.method)

    def compile(self, compiler: Compiler) -> Compiled:
        link = compiler.connection(self.connection, (GrpcConnection,), self.place_of("connection"))
        self._check(compiler)
        name, store, deadline, form = self.method, self.store(), self.deadline, Form(self.original_names, self.defaults)
        message, metadata = _message(self.message), _metadata(self.metadata)

        async def grpc(exchange: Exchange) -> None:
            content, beside = message(exchange), metadata(exchange)
            async with link.use() as client:
                method = await client.method(name)
                if not method.streams:
                    store(exchange, await client.unary(method, content, beside, deadline=deadline, form=form))
                    return
            store(exchange, Stream(_items(link, name, content, beside, deadline, form)))

        return grpc

    def _check(self, compiler: Compiler) -> None:
        """Looks up the method, and the fields of a message without expressions, if a file describes the service."""
        place = self.place_of("connection")
        connection = compiler.declaration(self.connection, (GrpcConnection,), place)
        if not connection.proto:
            return
        for module in ("grpc", "grpc_tools"):
            library(module, "grpc", self.place)
        try:
            services = services_of(described(connection.proto, compiler.file, place))
        except NoSchemaError as error:
            raise _problem("descriptor.value", f"{connection.proto}: {error}", place, error.hint) from error
        try:
            method = services.method(self.method)
        except NoMethodError as error:
            raise _problem("descriptor.reference", str(error), self.place_of("method"), error.hint) from error
        self._check_message(method)

    def _check_message(self, method: Method) -> None:
        if self.message is None or not self.message.constant:
            return
        try:
            method.encoded(self.message.value)
        except FlowError as error:
            raise _problem("descriptor.value", error.message, self.place_of("message")) from error

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        texts = {name: each.value if each.constant else None for name, each in element.metadata.items()}
        return [("metadata", sentence) for sentence in metadata_problems(texts)]


async def _items(
    link: Link, name: str, content: Any, metadata: dict[str, str], deadline: float | None, form: Form
) -> AsyncIterator[Any]:
    """The messages of a stream. The connection is in use from the first one that is asked for to the end."""
    async with link.use() as client:
        service: GrpcClient = client
        items = service.stream(await service.method(name), content, metadata, deadline=deadline, form=form)
        try:
            async for each in items:
                yield each
        finally:
            await items.aclose()  # type: ignore[attr-defined]


def _message(template: Template | None) -> Callable[[Exchange], Any]:
    return (lambda exchange: {}) if template is None else template.evaluate


def _metadata(templates: dict[str, Template]) -> Callable[[Exchange], dict[str, str]]:
    texts = [(name, each.text) for name, each in templates.items()]

    def metadata(exchange: Exchange) -> dict[str, str]:
        values = {name: text(exchange) for name, text in texts}
        for name, value in values.items():
            if not PRINTABLE.fullmatch(value):
                message = f"the value of the metadata {name!r} has characters that are not printable ASCII"
                raise FlowError("connector.grpc.message", message)
        return values

    return metadata


def _problem(code: str, message: str, place: Any, hint: str = "") -> DescriptorError:
    return DescriptorError([Problem(code, message, place, hint)])
