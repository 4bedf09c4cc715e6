"""A gRPC service for tests, in their own process."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
from grpc_reflection.v1alpha import reflection

from airdock.connectors.grpc.fake import FakeGrpc
from airdock.connectors.grpc.services import Services, services_of
from airdock.errors import Place
from airdock.formats.protobuf_schema import described, pool_of

FILES = {
    "p/stock.proto": b"""
syntax = "proto3";
package shop;
import "level.proto";
message Item { string sku = 1; int32 count = 2; }
service Stock {
  rpc Get(Item) returns (Level);
  rpc Watch(Item) returns (stream Level);
  rpc Load(stream Level) returns (Item);
}
""",
    "p/level.proto": b"""
syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
message Level { string sku = 1; int64 on_hand = 2; google.protobuf.Timestamp since = 3; string note = 4; }
""",
}
STATUSES = {status.name: status for status in grpc.StatusCode}


def described_stock() -> bytes:
    return described("p/stock.proto", lambda path, place: FILES[path], Place())


def stock_services() -> Services:
    return services_of(described_stock())


class Stock:
    """The service. An item `fail:NOT_FOUND` ends a call with that status, `slow` keeps it waiting.

    Attributes:
        port: Where it answers. waiting: Calls that wait. metadata: Of the last call.
    """

    def __init__(self) -> None:
        services = stock_services()
        self._get = services.method("shop.Stock/Get")
        self.port = 0
        self.waiting = 0
        self.calls = 0
        self.metadata: dict[str, str | bytes] = {}
        self._server: Any = None

    async def start(self, port: int = 0, *, reflects: bool = True, credentials: Any = None) -> None:
        self._server = server = grpc.aio.server()
        unary = grpc.unary_unary_rpc_method_handler(self._one, self._get.request.FromString, _bytes)
        stream = grpc.unary_stream_rpc_method_handler(self._many, self._get.request.FromString, _bytes)
        handlers = grpc.method_handlers_generic_handler("shop.Stock", {"Get": unary, "Watch": stream})
        server.add_generic_rpc_handlers((handlers,))
        if reflects:
            pool, _ = pool_of(described_stock())
            reflection.enable_server_reflection(("shop.Stock", reflection.SERVICE_NAME), server, pool=pool)
        address = f"127.0.0.1:{port}"
        if credentials is None:
            self.port = server.add_insecure_port(address)
        else:
            self.port = server.add_secure_port(address, credentials)
        await server.start()

    async def stop(self) -> None:
        await self._server.stop(None)

    async def _one(self, item: Any, context: Any) -> Any:
        self.calls += 1
        self.metadata = dict(context.invocation_metadata())
        await self._act(item, context)
        note = "x" * item.count if item.sku == "long" else ""
        return self._get.response(sku=item.sku, on_hand=12, since={"seconds": 0}, note=note)

    async def _many(self, item: Any, context: Any) -> AsyncIterator[Any]:
        self.calls += 1
        for n in range(item.count):
            yield self._get.response(sku=item.sku, on_hand=n + 1)
        await self._act(item, context)

    async def _act(self, item: Any, context: Any) -> None:
        if item.sku == "slow":
            self.waiting += 1
            try:
                await asyncio.Event().wait()
            finally:
                self.waiting -= 1
        word, _, status = item.sku.partition(":")
        if word == "fail":
            await context.abort(STATUSES[status], "the shelf is closed")


def fake_stock() -> FakeGrpc:
    """The same in memory."""
    from airdock.connectors.grpc.errors import status_error

    def get(item: Any) -> Any:
        word, _, status = item["sku"].partition(":")
        if word == "fail":
            raise status_error("p/c.connection", "shop.Stock/Get", status, "the shelf is closed")
        return {"sku": item["sku"], "onHand": "12", "since": "1970-01-01T00:00:00Z"}

    def watch(item: Any) -> Any:
        for n in range(item["count"]):
            yield {"sku": item["sku"], "onHand": str(n + 1)}
        get(item)

    fake = FakeGrpc()
    fake.answer("shop.Stock/Get", get)
    fake.answer("shop.Stock/Watch", watch, streams=True)
    return fake


def _bytes(message: Any) -> bytes:
    content: bytes = message.SerializeToString()
    return content
