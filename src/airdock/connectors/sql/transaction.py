from airdock.connectors.sql.connection import Sql
from airdock.connectors.sql.held import held_by, holding
from airdock.exchange import Exchange
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Choice, Module, Steps
from airdock.spec.step import Compiled, Compiler, Outside, Step

LEVELS = {"readCommitted": "READ COMMITTED", "repeatableRead": "REPEATABLE READ", "serializable": "SERIALIZABLE"}


class Transaction(Step):
    """Runs its steps in one transaction of a database.

    The `sql` steps inside that use the same connection do so in the transaction, those of flows that are called from
    there too. Behind the last step it is committed. When a step fails and nothing inside takes the error, when the run
    is stopped (`stop`), cut off or cancelled, all is undone; handlers of the flow see the error afterwards. What other
    connectors did is not undone: `saga` is for that.

    A transaction has one connection, so that only one step at a time can use it. Steps that run side by side (branches
    of a `multicast`, a `split` with `parallel`) fail with `connector.sql.parallel` when they use it; `split` and `loop`
    take item by item, in the transaction. What `wireTap` starts is a run of its own and has no part in it. A
    `transaction` inside another one of the same connection belongs to that.

    A deadlock or a serialization failure is `connector.sql.conflict`, after which all is undone. A `retry` of the
    `transaction` does it anew; one of a step inside would not help.
    """

    type = "transaction"
    group = "connectors"
    waits = True
    example = {
        "type": "transaction",
        "connection": "/shop/db.connection",
        "steps": [
            {
                "type": "sql",
                "connection": "/shop/db.connection",
                "mode": "execute",
                "statement": "update stock set amount = amount - 1 where sku = :sku",
                "parameters": {"sku": "${body.sku}"},
            }
        ],
    }

    connection: str = field(
        Module((".connection",)), "The `sql` connection.", default=REQUIRED, example="/shop/db.connection"
    )
    steps: list[Step] = field(Steps(1), "What is done as a whole, or not at all.", default=REQUIRED)
    isolation: str = field(
        Choice(tuple(LEVELS)),
        "How far it is kept apart from others; the database's own way if left out. SQLite's transactions are always"
        " serializable.",
        default="",
        example="serializable",
    )

    @property
    def reaches(self) -> Outside:
        return Outside(connection=self.connection)

    def compile(self, compiler: Compiler) -> Compiled:
        link = compiler.connection(self.connection, (Sql,), self.place_of("connection"))
        steps, isolation = compiler.guarded(self.steps), LEVELS.get(self.isolation, "")

        async def transaction(exchange: Exchange) -> None:
            if held_by(link, exchange) is not None:
                pending = steps(exchange)
                if pending is not None:
                    await pending
                return
            async with link.use() as client, holding(client, link.path, exchange.run.id, isolation):
                pending = steps(exchange)
                if pending is not None:
                    await pending

        return transaction
