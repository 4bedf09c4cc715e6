from typing import Any

from airdock.connectors.mongodb.client import MongoDbClient
from airdock.connectors.mongodb.connection import MongoDb
from airdock.connectors.mongodb.values import checked, plain
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Boolean, Choice, Integer, MapOf, Module, Text
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Outside, ProducingStep

TAKES: dict[str, tuple[str, ...]] = {
    "find": ("filter", "sort"),
    "findOne": ("filter", "sort"),
    "insert": ("documents",),
    "update": ("filter", "update", "upsert", "many"),
    "delete": ("filter", "many"),
    "aggregate": ("pipeline",),
}
_NEEDS = {"insert": "documents", "update": "update", "delete": "filter", "aggregate": "pipeline"}


class MongoStep(ProducingStep):
    """Finds and changes documents of MongoDB.

    | `operation` | with | gives |
    |---|---|---|
    | `find` | perhaps `filter`, `sort`, `limit` | a list of documents |
    | `findOne` | perhaps `filter`, `sort` | a document; null where there is none |
    | `insert` | `documents`, one or a list | `ids` |
    | `update` | `update`, `filter`, perhaps `upsert`, `many` | `matched`, `modified`, `upsertedId` |
    | `delete` | `filter`, perhaps `many` | `deleted` |
    | `aggregate` | `pipeline` | a list of documents |

    Operators (`$gt`, `$set`) are those that stand in the step. A value of the message that is an object with a key that
    begins with `$` fails with `connector.mongodb.operator`: a caller cannot make `{"$ne": null}` of a password.
    `{"$oid": "${body.id}"}` makes an object id of a text, `{"$date": "2026-01-31T10:00:00Z"}` a date.

    Ids and decimals come back as texts, dates as texts in ISO 8601. The real client has not been tried on a server.
    """

    type = "mongodb"
    group = "connectors"
    waits = True
    example = {
        "type": "mongodb",
        "connection": "/shop/orders.connection",
        "operation": "find",
        "collection": "orders",
        "filter": {"customer": "${request.params.customer}", "total": {"$gt": 100}},
    }

    connection: str = field(
        Module((".connection",)), "The `mongodb` connection.", default=REQUIRED, example="/shop/orders.connection"
    )
    operation: str = field(Choice(tuple(TAKES)), "What is done.", default=REQUIRED, example="find")
    collection: str = field(
        Text(r"[A-Za-z_][\w.-]{0,119}", "the name of a collection"), "Where.", default=REQUIRED, example="orders"
    )
    filter: Template | None = field(
        TemplateKind(types=("object",)), "Which documents; all if left out.", example={"sku": "${body.sku}"}
    )
    sort: dict[str, int] = field(MapOf(Integer(-1, 1)), "1 upwards, -1 downwards, by field.", default={})
    documents: Template | None = field(
        TemplateKind(), "What is inserted: an object, or a list of them.", example="${body.lines}"
    )
    update: Template | None = field(
        TemplateKind(types=("object",)), "What is changed.", example={"$set": {"state": "${body.state}"}}
    )
    pipeline: Template | None = field(
        TemplateKind(types=("array",)), "The stages.", example=[{"$match": {"state": "open"}}, {"$limit": 10}]
    )
    upsert: bool = field(Boolean(), "Where no document fits, one is made.", default=False)
    many: bool = field(Boolean(), "All documents that fit, not one.", default=False)
    limit: int = field(Integer(1, 100_000), "More documents than these are an error.", default=1000)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        values, takes = element.values(), TAKES[element.operation]
        needed = _NEEDS.get(element.operation)
        if needed and values[needed] is None:
            return [("operation", f"`{element.operation}` needs `{needed}`")]
        for name in ("filter", "sort", "documents", "update", "pipeline", "upsert", "many"):
            if values[name] and name not in takes:
                return [(name, f"`{element.operation}` has no `{name}`")]
        if element.update is not None and not all(key.startswith("$") for key in element.update.written):
            return [("update", 'an update is made of operators: `{"$set": {…}}`')]
        return []

    @property
    def repeatable(self) -> bool:
        return self.operation in ("find", "findOne", "aggregate", "delete")

    @property
    def reaches(self) -> Outside:
        return Outside(self.connection, lambda exchange: self.collection)

    def compile(self, compiler: Compiler) -> Compiled:
        link = compiler.connection(self.connection, (MongoDb,), self.place_of("connection"))
        store = self.store()

        async def mongodb(exchange: Exchange) -> None:
            values = {
                name: {} if template is None else checked(template, template.evaluate(exchange))
                for name in ("filter", "documents", "update", "pipeline")
                for template in (getattr(self, name),)
            }
            client: MongoDbClient
            async with link.use() as client:
                answer = await self._done(client, values)
            store(exchange, plain(answer))

        return mongodb

    async def _done(self, client: MongoDbClient, values: dict[str, Any]) -> Any:
        where, filter_ = self.collection, values["filter"]
        if self.operation == "insert":
            given = values["documents"]
            documents = given if isinstance(given, list) else [given]
            if not all(isinstance(each, dict) for each in documents):
                raise FlowError("connector.mongodb.command", "`documents` are objects")
            return {"ids": await client.insert(where, documents) if documents else []}
        if self.operation == "update":
            return await client.update(where, filter_, values["update"], self.upsert, self.many)
        if self.operation == "delete":
            return {"deleted": await client.delete(where, filter_, self.many)}
        if self.operation == "findOne":
            return next(iter(await client.find(where, filter_, self.sort, 1)), None)
        most = self.limit + 1
        if self.operation == "find":
            found = await client.find(where, filter_, self.sort, most)
        else:
            found = await client.aggregate(where, values["pipeline"], most)
        if len(found) > self.limit:
            raise FlowError("connector.mongodb.tooMany", f"{client.name}: there are more than {self.limit} documents")
        return found
