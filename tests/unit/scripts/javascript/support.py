"""Runs JavaScript modules on a registry in memory."""

from typing import Any

import pytest

from airdock.errors import DescriptorError, FlowError, Problem
from airdock.exchange import Exchange
from airdock.request import Request
from airdock.scripts.javascript import Host, JavaScriptLimits, JavaScriptScripts, Script
from airdock.scripts.pool import WorkerPool
from tests.unit.scripts.support import MemoryModules, make_exchange, store_body

PATH = "routing/endpoint.js"
POOL = WorkerPool("test-javascript", 4)


def load(
    source: str | bytes,
    function: str | None = None,
    *,
    files: dict[str, Any] | None = None,
    limits: JavaScriptLimits | None = None,
    host: Host | None = None,
    pool: WorkerPool | None = None,
) -> Script:
    modules = MemoryModules({PATH: source, **(files or {})})
    scripts = JavaScriptScripts(modules, limits=limits, pool=pool or POOL, host=host)
    return scripts.load(PATH, function, result=store_body)


async def run(source: str, exchange: Exchange | None = None, function: str | None = None, **options: Any) -> Exchange:
    exchange = exchange or make_exchange()
    await load(source, function, **options)(exchange)
    return exchange


async def value(expression: str, exchange: Exchange | None = None, **options: Any) -> Any:
    """What `service` returns when it returns this expression of `x`, the exchange."""
    return (await run(f"exports.service = (x) => {expression};", exchange, **options)).body


async def failure(source: str, exchange: Exchange | None = None, **options: Any) -> FlowError:
    with pytest.raises(FlowError) as caught:
        await run(source, exchange, **options)
    return caught.value


def refused(source: str | bytes, **options: Any) -> Problem:
    with pytest.raises(DescriptorError) as caught:
        load(source, **options)
    return caught.value.problems[0]


class Called(Request):
    """A request whose parts a test sets."""

    def __init__(self, method: str = "GET", **parts: Any) -> None:
        self.method = method
        self.parts = parts
        self.path = parts.get("path", "/services/flow/routing/shield.flow")
        self.user = parts.get("user")
        self.remote = "192.0.2.7"

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in self.queryAll.items()}

    @property
    def queryAll(self) -> dict[str, list[str]]:  # noqa: N802
        return dict(self.parts.get("query", {}))

    @property
    def headers(self) -> dict[str, Any]:
        return dict(self.parts.get("headers", {}))

    @property
    def form(self) -> dict[str, Any]:
        form: dict[str, Any] = self.parts.get("form", {})
        return form

    @property
    def cookies(self) -> dict[str, str]:
        return dict(self.parts.get("cookies", {}))

    @property
    def body(self) -> Any:
        return self.parts.get("body")
