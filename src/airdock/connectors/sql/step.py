from collections.abc import Awaitable
from typing import Any

from airdock.connectors.sql.client import SqlClient, Work
from airdock.connectors.sql.connection import Sql
from airdock.connectors.sql.held import held_by
from airdock.connectors.sql.statement import Statement
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression, Template
from airdock.spec.connection import Link
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Choice, Integer, MapOf, Module, Text
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Outside, ProducingStep
from airdock.streams import Stream

MODES = ("rows", "row", "scalar", "execute", "stream")


class SqlStep(ProducingStep):
    """Runs a statement on a database.

    Values get into the statement as parameters alone: `:name` stands for the one of that name in `parameters`, and
    the database never reads it as SQL. `${}` in the statement is refused. `in :name` takes a list, also an empty one.
    An object, and for databases without arrays a list, is bound as JSON.

    | `mode` | gives |
    |---|---|
    | `rows` | a list of objects, one for each row; more than `maxRows` are an error |
    | `row` | the first row; null where there is none |
    | `scalar` | the first value of the first row; null where there is none |
    | `execute` | `affected`, the number of rows (null for a `batch` on PostgreSQL); on MySQL and SQLite `lastId`, too |
    | `stream` | rows one by one, for `split`: few are in memory at once. The statement runs when the first is taken |

    `lastId` is the key that the database gave to the row that was inserted; elsewhere `returning id` gives it.

    With `batch` the statement runs for each object of a list, whose fields are parameters beside those of
    `parameters`; all of them are done, or none.

    Integers are exact. Decimals, dates, times, intervals and UUIDs are texts, the latter ones in ISO 8601; bytes are
    bytes; JSON columns of PostgreSQL are what they hold, those of MySQL and SQLite are texts, as these do not tell them
    apart. A float that is no number is null. PostgreSQL's times are those of UTC. Types that have no such form, such
    as ranges, are read with a cast (`period::text`).

    Each statement is committed at once, if it does not stand in a `transaction`.
    """

    type = "sql"
    group = "connectors"
    waits = True
    example = {
        "type": "sql",
        "connection": "/shop/db.connection",
        "statement": "select id, total from orders where customer = :customer",
        "parameters": {"customer": "${request.params.customer}"},
    }

    connection: str = field(
        Module((".connection",)), "The `sql` connection.", default=REQUIRED, example="/shop/db.connection"
    )
    statement: str = field(
        Text(r"[\s\S]*\S[\s\S]*", "an SQL statement"),
        "The statement, with `:name` for each parameter.",
        default=REQUIRED,
        example="select name from customers where id = :id",
    )
    parameters: dict[str, Template] = field(
        MapOf(TemplateKind()), "The parameters by name.", default={}, example={"id": "${body.id}"}
    )
    batch: Expression | None = field(
        ExpressionKind(), "A list of objects; the statement runs with each.", example="body.lines"
    )
    mode: str = field(Choice(MODES), "What is wanted of the answer.", default="rows")
    max_rows: int = field(Integer(1, 1_000_000), "So many rows are taken in the mode `rows`.", default=10_000)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if "${" in element.statement:
            advice = "write :name, and give the value in `parameters`"
            return [("statement", f"`${{}}` in SQL would let a message write the statement: {advice}")]
        statement = Statement(element.statement)
        if element.batch is not None:
            if element.mode != "execute":
                return [("batch", "`batch` belongs to the mode `execute`")]
            if statement.lists:
                return [("batch", f"`in :{min(statement.lists)}` cannot stand in a batch")]
        elif missing := sorted(statement.names - element.parameters.keys()):
            return [("statement", f"`parameters` lacks `{missing[0]}`")]
        unused = sorted(element.parameters.keys() - statement.names)
        return [("parameters", f"the statement has no parameter `:{unused[0]}`")] if unused else []

    @property
    def repeatable(self) -> bool:
        return Statement(self.statement).reads

    @property
    def reaches(self) -> Outside:
        return Outside(connection=self.connection)

    def compile(self, compiler: Compiler) -> Compiled:
        link = compiler.connection(self.connection, (Sql,), self.place_of("connection"))
        statement, mode, store, most = Statement(self.statement), self.mode, self.store(), self.max_rows
        values = tuple((name, value.evaluate) for name, value in self.parameters.items())
        batch = self.batch

        def work_of(exchange: Exchange) -> Work:
            common = {name: value(exchange) for name, value in values}
            if batch is None:
                return Work(statement, mode, common, most)
            return Work(statement, mode, sets_of(batch.evaluate(exchange), common, statement.names), most)

        async def run(exchange: Exchange, work: Work) -> None:
            held = held_by(link, exchange)
            if held is not None:
                store(exchange, await held.run(work))
                return
            async with link.use() as client:
                store(exchange, await client.run(work))

        def sql(exchange: Exchange) -> Awaitable[None] | None:
            work = work_of(exchange)
            if work.parameters == []:
                store(exchange, {"affected": 0})
                return None
            if mode == "stream":
                store(exchange, Stream(_rows(link, exchange, work)))
                return None
            return run(exchange, work)

        return sql


async def _rows(link: Link, exchange: Exchange, work: Work) -> Any:
    held = held_by(link, exchange)
    if held is not None:
        async for row in held.rows(work):
            yield row
        return
    client: SqlClient
    async with link.use() as client:
        async for row in client.rows(work):
            yield row


def sets_of(value: Any, common: dict[str, Any], names: set[str]) -> list[dict[str, Any]]:
    """The sets of parameters of a batch.

    Raises:
        FlowError: `connector.sql.data`, it is no list of objects that have what the statement names.
    """
    if value is None:
        return []
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        raise FlowError("connector.sql.data", "`batch` gives no list of objects")
    made = []
    for position, each in enumerate(value):
        if not isinstance(each, dict):
            raise FlowError("connector.sql.data", f"item {position} of `batch` is no object")
        try:
            made.append({name: each[name] if name in each else common[name] for name in names})
        except KeyError as error:
            raise FlowError("connector.sql.data", f"item {position} of `batch` lacks {error}") from None
    return made
