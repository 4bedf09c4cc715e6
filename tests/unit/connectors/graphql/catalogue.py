"""A GraphQL service for tests, in their own process."""

from typing import Any

from aiohttp import web
from graphql import build_schema, graphql_sync

from airdock.connectors.graphql.fake import FakeGraphql

SCHEMA = build_schema("""
type Query { item(sku: ID!): Item, broken: String }
type Item { sku: ID!, name: String, price: Float, secret: String }
""")
ITEM = "query Item($sku: ID!) { item(sku: $sku) { sku name } }"
PART = "query Part($sku: ID!) { item(sku: $sku) { name secret } }"


class Item:
    """An item; `gold` is not for everybody."""

    def __init__(self, sku: str) -> None:
        if sku == "none":
            raise LookupError("there is no such item")
        self.sku, self.name, self.price = sku, sku.title(), 4.5

    def secret(self, info: Any) -> str:
        raise PermissionError("not for you")


class Catalogue:
    """The service.

    Attributes:
        requests: The headers and the body of each call. answer: A status, a content type and a text in place of all.
    """

    def __init__(self) -> None:
        self.requests: list[tuple[Any, Any]] = []
        self.answer: tuple[int, str, str] | None = None
        self.port = 0
        self._runner: Any = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    async def start(self, port: int = 0) -> None:
        app = web.Application()
        app.router.add_post("/graphql", self._execute)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _execute(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.requests.append((request.headers, body))
        if self.answer is not None:
            status, kind, text = self.answer
            return web.Response(status=status, content_type=kind, text=text)
        root = {"item": lambda info, sku: Item(sku)}
        made = graphql_sync(
            SCHEMA, body["query"], root, variable_values=body["variables"], operation_name=body.get("operationName")
        )
        return web.json_response(made.formatted, content_type="application/graphql-response+json")


def fake_catalogue() -> FakeGraphql:
    """The same in memory."""

    def item(variables: Any) -> Any:
        if variables["sku"] == "none":
            return {"data": None, "errors": [{"message": "there is no such item"}]}
        return {"data": {"item": {"sku": variables["sku"], "name": variables["sku"].title()}}}

    def part(variables: Any) -> Any:
        item = {"name": variables["sku"].title(), "secret": None}
        return {"data": {"item": item}, "errors": [{"message": "not for you"}]}

    fake = FakeGraphql()
    fake.answer(ITEM, item)
    fake.answer(PART, part)
    return fake
