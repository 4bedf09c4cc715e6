from fnmatch import fnmatchcase
from typing import Any

from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, ListOf, Text
from airdock.spec.step import Compiled, Compiler, Step


class Remove(Step):
    """Removes headers and properties by name or glob, and the body.

    Names that are not there are passed over.
    """

    type = "remove"
    group = "answer and data"

    headers: list[str] = field(
        ListOf(Text()), "Names or globs of message headers.", default=[], example=["x-internal-*"]
    )
    properties: list[str] = field(  # type: ignore[assignment]  # removed here, where other steps set them
        ListOf(Text()), "Names or globs of exchange properties.", default=[], example=["tmp*"]
    )
    body: bool = field(Boolean(), "The body is removed.", default=False)

    @property
    def presets(self) -> dict[str, Template]:
        return {}

    def compile(self, compiler: Compiler) -> Compiled:
        headers = tuple(name.lower() for name in self.headers)
        properties, body = tuple(self.properties), self.body

        def remove(exchange: Exchange) -> None:
            if headers:
                _drop(exchange.headers, headers)
            if properties:
                _drop(exchange.properties, properties)
            if body:
                exchange.body = None
                exchange.body_set = False

        return remove

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if not element.headers and not element.properties and not element.body:
            return [("", "nothing to remove: give `headers`, `properties` or `body`")]
        return []


def _drop(names: dict[str, Any], patterns: tuple[str, ...]) -> None:
    for name in [name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)]:
        del names[name]
