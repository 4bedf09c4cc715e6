"""Camel's endpoints: where a route begins and where it sends."""

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from airdock.descriptor.tree import Node

_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


class Endpoint(NamedTuple):
    """An endpoint.

    Attributes:
        scheme: Its component: `direct`. name: What stands behind it. options: Its parameters.
    """

    scheme: str
    name: str
    options: dict[str, str]

    @property
    def uri(self) -> str:
        """How an author would name it, without its options."""
        return f"{self.scheme}:{self.name}"


def endpoint_of(node: Node) -> Endpoint | None:
    """The endpoint that a node names: a text, or `uri` with `parameters`; None where it names none."""
    value = node.value
    if isinstance(value, str):
        return _parsed(value, {})
    if not isinstance(value, dict) or "uri" not in value or not isinstance(value["uri"].value, str):
        return None
    parameters = value.get("parameters")
    options = parameters.plain() if parameters is not None and isinstance(parameters.value, dict) else {}
    return _parsed(value["uri"].value, {name: str(option) for name, option in options.items()})


def _parsed(uri: str, options: dict[str, str]) -> Endpoint:
    scheme, _, rest = uri.partition(":")
    name, _, query = rest.partition("?")
    given = {**dict(parse_qsl(query, keep_blank_values=True)), **options}
    if not name:
        # `uri: direct` with the name as a parameter.
        name = next((given.pop(key) for key in _NAMES if key in given), "")
    return Endpoint(scheme, unquote(name.lstrip("/") if scheme != "platform-http" else name), given)


_NAMES = ("name", "timerName", "path", "loggerName", "triggerName", "topic", "queueName", "directoryName", "httpUri")


def file_name(text: str) -> str:
    """A name that a file may have."""
    return _UNSAFE.sub("_", text).strip("._") or "route"
