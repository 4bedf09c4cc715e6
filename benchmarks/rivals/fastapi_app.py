"""The services of `benchmarks/flows`, written by hand in FastAPI."""

from typing import Any

import quickjs  # type: ignore[import-untyped]  # ships none
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    sku: str
    price: float
    quantity: int


class Order(BaseModel):
    id: int
    country: str
    amount: float
    items: list[Item]


@app.get("/routing", response_class=PlainTextResponse)
async def routing(name: str | None = None) -> str:
    if name == "Joe":
        return "Welcome Joe"
    return "Add '?name=Joe'" if name is None else ""


@app.get("/ten_steps", response_class=PlainTextResponse)
async def ten_steps(name: str | None = None) -> str:
    properties: dict[str, str] = {}
    for number in range(4):
        properties[f"s{number}"] = f"v{number}"
        if properties[f"s{number}"] == "no":
            continue
        if properties[f"s{number}"] == f"v{number}":
            properties[f"c{number}"] = "yes"
    properties["last"] = "done"
    return "Welcome Joe" if name == "Joe" else ""


@app.post("/order")
async def order(order: Order) -> dict[str, Any]:
    desk = "key accounts" if order.amount > 1000 else "Vienna" if order.country == "AT" else "worldwide"
    total = sum(item.price * item.quantity for item in order.items)
    return {"order": order.id, "desk": desk, "total": total, "skus": [item.sku for item in order.items]}


@app.get("/python", response_class=PlainTextResponse)
async def python(name: str) -> str:
    return "Hello " + name


SCRIPT = "(function (name) { return 'Hello ' + name; })"


@app.get("/javascript", response_class=PlainTextResponse)
def javascript(name: str) -> str:
    context = quickjs.Context()
    context.set_memory_limit(64 * 1024 * 1024)
    greeting: str = context.eval(SCRIPT)(name)
    return greeting
