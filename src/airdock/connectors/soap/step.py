from importlib.util import find_spec
from typing import Any

from airdock.connectors.soap.connection import SoapConnection
from airdock.errors import DescriptorError, FlowError, Problem
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Module, Text
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Outside, ProducingStep


class Soap(ProducingStep):
    """Calls an operation of a SOAP service.

    `arguments` has the parts of the message by the names of the WSDL: elements as objects, those that repeat as lists,
    attributes by their names. The answer is a plain value: what the only part of a message wraps, or an object of its
    parts. Times are texts (ISO 8601), bytes are base64, decimals are numbers where a number holds all their digits.

    A fault is an error `connector.soap.fault`; its `details` have `faultCode` and `detail`, an object as `unmarshal`
    makes it of XML. Document types and entities in an answer are refused.
    """

    type = "soap"
    group = "connectors"
    waits = True
    repeatable = False
    example = {
        "type": "soap",
        "connection": "/shop/prices.connection",
        "operation": "GetPrice",
        "arguments": {"sku": "${body.sku}", "quantity": 3},
        "result": "price",
    }

    connection: str = field(
        Module((".connection",)), "The service.", default=REQUIRED, example="/shop/prices.connection"
    )
    operation: str = field(Text(".+", "the name of an operation"), "Its name.", default=REQUIRED, example="GetPrice")
    arguments: Template | None = field(
        TemplateKind(("object", "string")), "What it is called with.", example={"sku": "${body.sku}", "quantity": 3}
    )

    @property
    def reaches(self) -> Outside | None:
        return Outside(self.connection, lambda exchange: self.operation)

    def compile(self, compiler: Compiler) -> Compiled:
        link = compiler.connection(self.connection, (SoapConnection,), self.place_of("connection"))
        self._check(compiler)
        operation, store = self.operation, self.store()
        arguments = (lambda exchange: {}) if self.arguments is None else self.arguments.evaluate

        async def soap(exchange: Exchange) -> None:
            values = arguments(exchange)
            async with link.use() as client:
                store(exchange, await client.call(operation, values))

        return soap

    def _check(self, compiler: Compiler) -> None:
        """Looks up the operation, and fits arguments without expressions, if a file describes the service."""
        place = self.place_of("connection")
        connection = compiler.declaration(self.connection, (SoapConnection,), place)
        if not connection.wsdl:
            return
        if find_spec("zeep") is None:
            hint = "install it: pip install 'airdock[soap]'"
            message = "`soap` needs a library that is not installed (zeep)"
            raise DescriptorError([Problem("descriptor.extra", message, self.place, hint)])
        self._fit(connection, compiler)

    def _fit(self, connection: SoapConnection, compiler: Compiler) -> None:
        from airdock.connectors.soap.client import file_at
        from airdock.connectors.soap.documents import DocumentError, NoOperationError, Port, document_of_file

        place = self.place_of("connection")

        def load(location: str) -> bytes:
            return file_at(location, lambda path: compiler.file(path, place))

        try:
            port = Port(document_of_file(connection.wsdl, load), connection.service, connection.port)
        except DocumentError as error:
            raise _problem("descriptor.value", f"{connection.wsdl}: {error}", place) from error
        try:
            port.operation(self.operation)
            if self.arguments is None or self.arguments.constant:
                port.message(self.operation, {} if self.arguments is None else self.arguments.value)
        except NoOperationError as error:
            raise _problem("descriptor.reference", str(error), self.place_of("operation"), error.hint) from error
        except FlowError as error:
            raise _problem("descriptor.value", error.message, self.place_of("arguments")) from error


def _problem(code: str, message: str, place: Any, hint: str = "") -> DescriptorError:
    return DescriptorError([Problem(code, message, place, hint)])
