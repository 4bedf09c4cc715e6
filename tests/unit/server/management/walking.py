"""Every route of the management port, and requests that reach it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from airdock.server.management.operations import KEY, Declared

RUN = "01900000-0000-7000-8000-000000000000"


class Walked(NamedTuple):
    """A route: its name, and how it is asked, with the project, user and so on that are given."""

    operation: str
    method: str
    path: str
    declared: Declared
    parameters: dict[str, str]

    def address(self, **values: str) -> str:
        """Its address with values for its parameters."""
        given = {"project": "shop", "user": "nobody", "token": "none", "secret": "none", "path": "x.flow",
                 "name": "none", "client": "none",
                 "number": "1", "run": RUN, "letter": RUN, **values}  # fmt: skip
        return self.path.format(**{name: given[name] for name in self.parameters})

    async def ask(self, client: httpx.AsyncClient, **values: Any) -> httpx.Response:
        """The answer to a request without a body, which goes as far as the guard lets it."""
        return await client.request(self.method, f"http://localhost:8081{self.address(**values)}")


def walk(app: Litestar) -> Iterator[Walked]:
    """Every route that was declared."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and KEY in handler.opt:
                parameters = {each.name: each.full for each in route.path_components if not isinstance(each, str)}
                path = "/" + "/".join(
                    each if isinstance(each, str) else f"{{{each.name}}}" for each in route.path_components
                )
                for method in handler.http_methods - {"OPTIONS"}:
                    yield Walked(str(handler.operation_id), method, path, handler.opt[KEY], parameters)
