"""What a step changed in its exchange."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from airdock.copying import copy_value
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.response import ABSENT

_PLAIN = (str, int, float, bool, type(None))
MOST = 50
"""So many changes of one step are told; a last one stands for the rest."""


class Change(NamedTuple):
    """A value that is another one now.

    Attributes:
        path: Where it is: `body.items[0].price`, `headers.x-a`, `properties.tier`, `response.status`.
        before, after: The values; `ABSENT` where there was, or is, none.
    """

    path: str
    before: Any
    after: Any


def snapshot(exchange: Exchange) -> dict[str, Any]:
    """What an exchange holds that steps may change, copied: body, headers, properties, the answer so far."""
    response = exchange.response
    return {
        "body": _body(exchange),
        "headers": _copied(dict(exchange.document.get("headers", exchange.request.headers))),
        "properties": _copied(exchange.properties),
        "response": _copied(
            {
                "status": ABSENT if response.status is None else response.status,
                "headers": dict(response.own_headers or {}),
                "written": list(response.parts),
                "body": response.body,
            }
        ),
    }


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """What differs between two snapshots; what lies inside values that are both objects or both lists, one by one."""
    found: list[Change] = []
    for name in before:
        for change in _between(name, before[name], after[name]):
            if len(found) == MOST:
                return [*found, Change("…", ABSENT, "further changes")]
            found.append(change)
    return found


def _between(path: str, before: Any, after: Any) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(name for name in after if name not in before)]:
            yield from _between(f"{path}.{name}", before.get(name, ABSENT), after.get(name, ABSENT))
    elif isinstance(before, list) and isinstance(after, list):
        for place in range(max(len(before), len(after))):
            yield from _between(f"{path}[{place}]", _at(before, place), _at(after, place))
    elif not _same(before, after):
        yield Change(path, before, after)


def _at(items: list[Any], place: int) -> Any:
    return items[place] if place < len(items) else ABSENT


def _same(before: Any, after: Any) -> bool:
    if before is after:
        return True
    if type(before) is not type(after):
        return False
    return bool(before == after) if isinstance(before, (*_PLAIN, bytes)) else False


def _body(exchange: Exchange) -> Any:
    document = exchange.document
    if "body" in document:
        return _copied(document["body"])
    if exchange.request.unread:
        return ABSENT
    try:
        return _copied(exchange.request.body)
    except FlowError:
        # It is told where a step needs it.
        return ABSENT


def _copied(value: Any) -> Any:
    try:
        return copy_value(value)
    except (FlowError, RecursionError):
        # A stream, or what is nested too deeply, is shown as what it is.
        return value
