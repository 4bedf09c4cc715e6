from typing import Any

from airdock.connectors.graphql.connection import GraphqlConnection
from airdock.connectors.graphql.results import errors_of
from airdock.errors import DescriptorError, FlowError, Problem
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Module, Text
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Outside, ProducingStep


class Graphql(ProducingStep):
    """Asks a GraphQL service, or has it change something.

    The document is literal: what comes from a message goes into `variables`, and never becomes a part of the document.
    The value is the answer's `data`. Errors of an answer are `connector.graphql.errors`, with the service's list as
    `details.errors`; with `errors` an answer that has data, too, is taken, and its errors go into that property.
    """

    type = "graphql"
    group = "connectors"
    waits = True
    repeatable = False
    example = {
        "type": "graphql",
        "connection": "/shop/catalogue.connection",
        "query": "query Item($sku: ID!) { item(sku: $sku) { name price } }",
        "variables": {"sku": "${body.sku}"},
        "result": "item",
    }

    connection: str = field(
        Module((".connection",)), "The service.", default=REQUIRED, example="/shop/catalogue.connection"
    )
    query: str = field(
        Text(), "The document: a query or a mutation.", default="", example="query { items { sku name } }"
    )
    file: str = field(
        Module((".graphql",)), "The file that has it, in place of `query`.", default="", example="/shop/item.graphql"
    )
    variables: Template | None = field(
        TemplateKind(("object", "string")), "What the document names with `$`.", example={"sku": "${body.sku}"}
    )
    operation: str = field(
        Text(r"[_A-Za-z]\w*", "the name of an operation"),
        "Which operation of the document; the only one if left out.",
        default="",
        example="Item",
    )
    errors: str = field(
        Text(),
        "The exchange property that takes the errors of an answer with data; such an answer is an error if left out.",
        default="",
        example="missing",
    )

    @property
    def sets(self) -> tuple[str, ...]:
        return (self.errors,) if self.errors else ()

    @property
    def reaches(self) -> Outside | None:
        return Outside(self.connection, lambda exchange: self.operation)

    def compile(self, compiler: Compiler) -> Compiled:
        link = compiler.connection(self.connection, (GraphqlConnection,), self.place_of("connection"))
        document, operation, store, property_ = self._document(compiler), self.operation, self.store(), self.errors
        variables = (lambda exchange: {}) if self.variables is None else self.variables.evaluate

        async def graphql(exchange: Exchange) -> None:
            values = variables(exchange)
            if not isinstance(values, dict):
                raise FlowError("connector.graphql.variables", "the variables of a document are an object")
            async with link.use() as client:
                executed = await client.execute(document, values, operation)
            if property_:
                exchange.properties[property_] = executed.errors
            elif executed.errors:
                raise errors_of(link.path, executed.errors)
            store(exchange, executed.data)

        return graphql

    def _document(self, compiler: Compiler) -> str:
        if not self.file:
            return self.query
        place = self.place_of("file")
        try:
            return compiler.file(self.file, place).decode()
        except UnicodeDecodeError as error:
            raise DescriptorError([Problem("descriptor.value", f"{self.file} is not UTF-8: {error}", place)]) from error

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if bool(element.query) == bool(element.file):
            return [("", "give `query` or `file`, one of the two")]
        if "${" in element.query:
            return [("query", "the document is literal: name a variable, `$sku`, and give it in `variables`")]
        return []
