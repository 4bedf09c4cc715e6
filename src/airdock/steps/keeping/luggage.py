"""Parts of a message that are put aside and taken back, by rules as Camel's claim check has them."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import msgspec

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.packing import NotPackableError, pack, unpack

STACK = "claimCheck"
"""The property with what was pushed; itself it is not put aside."""
_RULE = re.compile(r"(--|\+|-)?(body|headers|properties|header:(.+)|property:(.+))")
_SHOWN = "`body`, `headers`, `header:x-*`, `properties` or `property:name`, with `-` or `--` in front"
_PLACES = {"b": "the body", "h": "the headers", "p": "the properties"}


class Rule(NamedTuple):
    """What of a message a rule is about.

    Attributes:
        sign: Empty to take it, `-` to leave it, `--` to remove it from the message.
        part: `b`, `h` or `p`. pattern: A glob of names; None for the whole part.
    """

    sign: str
    part: str
    pattern: str | None

    def takes(self, part: str, name: str) -> bool:
        """Whether it is about this name."""
        if self.part != part:
            return False
        if self.pattern is None:
            return True
        # Headers have the same name in any case.
        return fnmatchcase(name.lower(), self.pattern.lower()) if part == "h" else fnmatchcase(name, self.pattern)


def rules_of(text: str) -> list[Rule]:
    """The rules of a filter.

    Raises:
        ValueError: one cannot be read; the message says which, and how they are written.
    """
    return [_rule(each.strip()) for each in text.split(",")] if text.strip() else []


def _rule(text: str) -> Rule:
    found = _RULE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no rule: {_SHOWN}")
    sign, what, header, name = found.groups()
    return Rule("" if sign in (None, "+") else sign, what[0], header or name)


class Selection:
    """What of a message the rules of a filter take; body and headers where none says what."""

    def __init__(self, rules: list[Rule]) -> None:
        self._takes = [rule for rule in rules if not rule.sign] or [Rule("", "b", None), Rule("", "h", None)]
        self._leaves = [rule for rule in rules if rule.sign == "-"]
        self._removes = [rule for rule in rules if rule.sign == "--"]

    def packed(self, exchange: Exchange, limit: int) -> bytes:
        """What is taken of a message, as bytes.

        Raises:
            FlowError: `claimCheck.content`, it is larger, or cannot be kept.
        """
        luggage = {part: self._of(part, content) for part, content in _parts(exchange) if self._wants(part)}
        try:
            return pack(luggage, limit)
        except NotPackableError as error:
            reason = str(error)
            for part, name in _PLACES.items():
                if re.match(rf"{part}(\W|$)", reason):
                    reason = name + reason[1:]
            raise FlowError("claimCheck.content", f"the message cannot be put aside: {reason}") from error

    def put_back(self, exchange: Exchange, packed: bytes) -> None:
        """Puts what it takes of what was put aside back into the message.

        Raises:
            FlowError: `state.content`, these are not its bytes.
        """
        luggage = _unpacked(packed)
        if "b" in luggage and self._wants("b"):
            exchange.body = luggage["b"]
        for part, target in (("h", exchange.headers), ("p", exchange.properties)):
            target.update({name: value for name, value in luggage.get(part, {}).items() if self._has(part, name)})
        self._remove(exchange)

    def _remove(self, exchange: Exchange) -> None:
        for part, target in (("h", exchange.headers), ("p", exchange.properties)):
            rules = [rule for rule in self._removes if rule.part == part]
            for name in [name for name in target if any(rule.takes(part, name) for rule in rules)] if rules else ():
                del target[name]
        if any(rule.part == "b" for rule in self._removes):
            exchange.body = None

    def _wants(self, part: str) -> bool:
        if part == "b" and any(rule.part == "b" for rule in self._leaves):
            return False
        return any(rule.part == part for rule in self._takes)

    def _of(self, part: str, content: Any) -> Any:
        return content if part == "b" else {name: value for name, value in content.items() if self._has(part, name)}

    def _has(self, part: str, name: str) -> bool:
        if name == STACK or any(rule.takes(part, name) for rule in self._leaves):
            return False
        return any(rule.takes(part, name) for rule in self._takes)


def _parts(exchange: Exchange) -> Iterator[tuple[str, Any]]:
    yield "b", exchange.body
    yield "h", exchange.headers
    yield "p", exchange.properties


def _unpacked(packed: bytes) -> dict[str, Any]:
    try:
        luggage = unpack(packed)
    except (msgspec.MsgspecError, ValueError, TypeError, LookupError) as error:
        raise FlowError("state.content", "what was put aside cannot be read") from error
    if not isinstance(luggage, dict):
        raise FlowError("state.content", "what was put aside is no message")
    return luggage
