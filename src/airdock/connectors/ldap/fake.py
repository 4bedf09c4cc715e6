"""A directory in memory."""

from copy import deepcopy

from airdock.connectors.ldap.directory import Changes, Entry, Search, Values
from airdock.connectors.ldap.filters import Any_, Group, Item, Node
from airdock.connectors.ldap.names import Name, parse_name
from airdock.connectors.ldap.results import EXISTS, NO_OBJECT, told
from airdock.errors import FlowError


class FakeDirectory:
    """Keeps entries in memory; the entry at its base is there from the start."""

    def __init__(self, base: str) -> None:
        self.name = "a fake"
        self.base = parse_name(base)
        self._entries: dict[Name, Entry] = {self.base: Entry(base, {"objectClass": [b"top"]})}

    async def check(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def search(self, wanted: Search) -> list[Entry]:
        base = parse_name(wanted.base)
        self._at(base)
        found = []
        for name, entry in self._entries.items():
            if _in_scope(name, base, wanted.scope) and _fits(wanted.filter, entry.attributes):
                found.append(Entry(entry.dn, _chosen(entry.attributes, wanted)))
            if len(found) > wanted.most:
                message = f"{self.name}: there are more than {wanted.most} entries"
                raise FlowError("connector.ldap.tooMany", message)
        return found

    async def compare(self, dn: str, attribute: str, value: bytes) -> bool:
        values = _values(self._at(parse_name(dn)).attributes, attribute)
        return _folded(value) in map(_folded, values)

    async def bind(self, dn: str, password: str) -> bool:
        entry = self._entries.get(parse_name(dn))
        kept = _values(entry.attributes, "userPassword") if entry is not None else []
        return bool(password) and password.encode() in kept

    async def add(self, dn: str, attributes: Values) -> None:
        name = parse_name(dn)
        self._at(name[1:])
        if name in self._entries:
            raise told(self.name, {"result": EXISTS, "description": "entryAlreadyExists", "message": dn})
        self._entries[name] = Entry(dn, {each: list(values) for each, values in attributes.items()})

    async def modify(self, dn: str, changes: Changes) -> None:
        entry = self._at(parse_name(dn))
        made = deepcopy(entry.attributes)
        for kind, attributes in changes.items():
            for written, values in attributes.items():
                _change(made, kind, written, values)
        entry.attributes.clear()
        entry.attributes.update(made)

    async def delete(self, dn: str) -> None:
        name = parse_name(dn)
        self._at(name)
        if any(each != name and _in_scope(each, name, "subtree") for each in self._entries):
            raise told(self.name, {"result": 66, "description": "notAllowedOnNonLeaf", "message": dn})
        del self._entries[name]

    def _at(self, name: Name) -> Entry:
        entry = self._entries.get(name)
        if entry is None:
            raise told(self.name, {"result": NO_OBJECT, "description": "noSuchObject"})
        return entry


def _in_scope(name: Name, base: Name, scope: str) -> bool:
    if name[len(name) - len(base) :] != base or len(name) < len(base):
        return False
    depth = len(name) - len(base)
    return scope == "subtree" or depth == (1 if scope == "children" else 0)


def _chosen(attributes: Values, wanted: Search) -> Values:
    names = {each.lower() for each in wanted.attributes}
    every = not names or "*" in names
    return {name: list(values) for name, values in attributes.items() if every or name.lower() in names}


def _change(attributes: Values, kind: str, written: str, values: list[bytes]) -> None:
    name = next((each for each in attributes if each.lower() == written.lower()), written)
    before = attributes.pop(name, [])
    gone = set(map(_folded, values))
    if kind == "delete" and (not before or not gone <= set(map(_folded, before))):
        raise told("a fake", {"result": 16, "description": "noSuchAttribute", "message": written})
    if kind == "add" and gone & set(map(_folded, before)):
        raise told("a fake", {"result": 20, "description": "attributeOrValueExists", "message": written})
    left = {
        "add": [*before, *values],
        "replace": list(values),
        "delete": [each for each in before if _folded(each) not in gone] if values else [],
    }[kind]
    if left:
        attributes[name] = left


def _fits(node: Node, attributes: Values) -> bool:
    if isinstance(node, Group):
        if node.operator == "!":
            return not _fits(node.inside[0], attributes)
        return (all if node.operator == "&" else any)(_fits(each, attributes) for each in node.inside)
    return any(_item_fits(node, _folded(value)) for value in _values(attributes, node.attribute))


def _item_fits(item: Item, value: bytes) -> bool:
    if item.operator == ":=":
        raise FlowError("connector.failed", "the directory of tests knows no `:=` in filters")
    if any(isinstance(part, Any_) for part in item.parts):
        return _like(item.parts, value)
    given = _folded(b"".join(part for part in item.parts if isinstance(part, bytes)))
    return value >= given if item.operator == ">=" else value <= given if item.operator == "<=" else value == given


def _like(parts: tuple[object, ...], value: bytes) -> bool:
    """Whether a value is made of these parts, with anything where a `*` stands."""
    place, free = 0, False
    for index, part in enumerate(parts):
        if not isinstance(part, bytes):
            free = True
            continue
        given = _folded(part)
        last = index == len(parts) - 1
        found = value.find(given, place) if not last else max(len(value) - len(given), place)
        if found < 0 or (not free and found != place) or value[found : found + len(given)] != given:
            return False
        place, free = found + len(given), False
    return free or place == len(value)


def _values(attributes: Values, wanted: str) -> list[bytes]:
    return next((values for name, values in attributes.items() if name.lower() == wanted.lower()), [])


def _folded(value: bytes) -> bytes:
    try:
        return value.decode().casefold().encode()
    except UnicodeDecodeError:
        return value
