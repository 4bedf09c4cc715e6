"""Flows of a few lines, and the applications that serve them over a real socket."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from airdock.errors import FlowError, Place, Problem
from airdock.exchange import Exchange, Run
from airdock.request import Request
from airdock.spec.flow import Flow
from airdock.spec.protection import ApiKey, Basic, RateLimit, Signature
from airdock.triggers.http import Answer, AsgiApp, CurrentRoutes, HttpHandler, HttpSettings, Limits, Route, Routes
from airdock.triggers.http.protection import Protection, protection_of
from airdock.triggers.http.rsgi import RsgiApp

RUN = "0190a1b2-0000-7000-8000-000000000000"
Behaviour = Callable[[Exchange], Awaitable[None] | None]


class FakePipeline:
    """A pipeline that does what a function does."""

    def __init__(self, behaviour: Behaviour, name: str = "p/x.flow") -> None:
        self.behaviour = behaviour
        self.name = name

    def exchange(self, request: Request) -> Exchange:
        return Exchange(Run(RUN, self.name), request)

    def run(self, exchange: Exchange, reply: Callable[[Exchange], Any]) -> Awaitable[None] | None:
        waiting = self.behaviour(exchange)
        if waiting is not None:
            return self._finish(waiting, exchange, reply)
        exchange.answer = reply(exchange)
        return None

    async def _finish(self, waiting: Awaitable[None], exchange: Exchange, reply: Callable[[Exchange], Any]) -> None:
        await waiting
        exchange.answer = reply(exchange)


def hello(exchange: Exchange) -> None:
    exchange.response.write(f"Hello {exchange.request.parameter('name')}")


async def echo(exchange: Exchange) -> None:
    await exchange.request.read()
    body = exchange.body
    exchange.body = {"body": repr(body) if isinstance(body, bytes) else body}


async def sizes(exchange: Exchange) -> None:
    """The sizes of the pieces in which the body comes."""
    exchange.body = [len(piece) async for piece in exchange.request.pieces(1_000_000) if piece]


def inspect(exchange: Exchange) -> None:
    request = exchange.request
    exchange.body = {
        part: getattr(request, part)
        for part in ("method", "path", "query", "queryAll", "headers", "params", "cookies", "remote")
    }


def fail(exchange: Exchange) -> None:
    exchange.response.write("written before")
    raise FlowError("step.failed", "the secret of the step", step="3")


def break_down(exchange: Exchange) -> None:
    raise RuntimeError("the secret of the code")


async def wait(exchange: Exchange) -> None:
    await asyncio.sleep(0.05)
    exchange.response.write("waited")


def large(exchange: Exchange) -> None:
    exchange.response.write("x" * 1_000_000)


def nothing(exchange: Exchange) -> None:
    exchange.response.status = 204


PROBLEM = Problem(
    "descriptor.unknownStep", "unknown step type 'outptu'", Place("p/bad.flow", 3, 9, "$.steps[0].type"), "output"
)


SECRETS = {"hook": "secret of the hook", "keys": "ann:key-of-ann", "users": "ann:pass"}


def protection(**declared: Any) -> Protection:
    return protection_of(Flow(steps=[], **declared), SECRETS.get)


def make_handler() -> HttpHandler:
    """A handler with a route of each kind."""

    def at(name: str, behaviour: Behaviour, **options: Any) -> Route:
        return Route(f"/services/flow/p/{name}", FakePipeline(behaviour), **options)

    routes = Routes(
        [
            at("hello.flow", hello),
            at("echo.flow", echo),
            at("inspect.flow", inspect),
            at("sizes.flow", sizes),
            at("orders/{id}", inspect, methods=["GET", "POST"]),
            at("fail.flow", fail),
            at("bug.flow", break_down),
            at("wait.flow", wait),
            at("large.flow", large),
            at("nothing.flow", nothing),
            at("roles.flow", hello, roles=["sales"]),
            at("signed.flow", echo, protection=protection(signature=Signature(scheme="github", secret="hook"))),
            at("key.flow", inspect, protection=protection(api_key=ApiKey(header="X-Key", secret="keys"))),
            at("basic.flow", inspect, protection=protection(basic=Basic(secret="users"))),
            at("rate.flow", inspect, protection=protection(rate_limit=RateLimit(limit=1, per=3600.0, by="remote"))),
            Route("/services/flow/p/bad.flow", None, problems=[PROBLEM]),
        ]
    )
    settings = HttpSettings(limits=Limits(body=100_000, body_seconds=0.5))
    live = {"/health/live": lambda request: Answer(200, [("content-type", "text/plain")], "live")}
    return HttpHandler(CurrentRoutes(routes), settings, live)


rsgi = RsgiApp(make_handler())
asgi = AsgiApp(make_handler())
