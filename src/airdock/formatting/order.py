"""The order of keys: what an element is and what it is called stand first, the rest as its author wrote it."""

from collections.abc import Collection

from airdock.formatting.parts import Value

FIRST = ("type", "name", "description")


def order_keys(value: Value, elements: Collection[int]) -> None:
    """Orders the keys of the objects that begin at the given offsets; comments go with their keys."""
    for entry in value.entries or ():
        order_keys(entry.value, elements)
    if value.is_object and value.entries and value.start in elements:
        value.entries.sort(key=lambda entry: _rank(entry.key))


def hoist_comments(value: Value) -> None:
    """In YAML comments at the beginning of an item stand in front of the item's `-`."""
    for entry in value.entries or ():
        hoist_comments(entry.value)
        inner = entry.value.entries
        if inner and not value.is_object:
            held = [entry.value.head, *entry.value.intro, *inner[0].before]
            entry.before += [each for each in held if each]
            entry.value.head, entry.value.intro, inner[0].before = "", [], []


def _rank(key: str) -> int:
    name = key.strip("\"'")
    return FIRST.index(name) if name in FIRST else len(FIRST)
