"""Fields of connections that stand outside of their descriptors, as each environment has its own."""

from airdock.descriptor.json_text import parse_json
from airdock.descriptor.problems import Problems, Unreadable
from airdock.descriptor.text import decode
from airdock.descriptor.tree import Node
from airdock.descriptor.yaml_text import parse_yaml
from airdock.errors import Place

_LARGEST = 1024 * 1024
_DEPTH = 20


class Overrides:
    """What an installation says of connections, by their registry path."""

    def __init__(self, connections: dict[str, Node] | None = None) -> None:
        self._connections = connections or {}

    @classmethod
    def read(cls, content: bytes, file: str) -> "Overrides":
        """Reads a file: an object of objects, by paths such as `/shop/crm.connection`. JSON if its name says so, else
        YAML.

        Raises:
            DescriptorError: it is none.
        """
        problems = Problems()
        try:
            parse = parse_json if file.endswith(".json") else parse_yaml
            root = parse(decode(content, file, _LARGEST, problems), problems, _DEPTH)
        except Unreadable:
            raise problems.error() from None
        found = {}
        if not isinstance(root.value, dict):
            problems.add("descriptor.type", "the file must be an object of connections by their path", root.place)
            raise problems.error()
        for name, node in root.value.items():
            if not name.endswith(".connection") or not isinstance(node.value, dict):
                message = f"{name!r} must be the path of a connection, with an object of its fields"
                problems.add("descriptor.value", message, root.key_place(name), 'such as "/shop/crm.connection"')
            found[name.removeprefix("/")] = node
        if problems:
            raise problems.error()
        return cls(found)

    def over(self, path: str, root: Node) -> Node:
        """The tree of a connection with what is said of it in place of what its author wrote; objects are merged."""
        override = self._connections.get(path)
        return root if override is None else _merged(root, override)

    @property
    def paths(self) -> list[str]:
        """The connections that the file speaks of, by their registry path."""
        return list(self._connections)


class _Merged(Node):
    """An object of two files."""

    __slots__ = ("above",)

    def __init__(self, below: Node, above: Node) -> None:
        super().__init__(below.source, {}, below.start, below.end, below.parent, below.key, below.style)
        self.keys = below.keys
        self.above = above

    def key_place(self, name: str) -> Place:
        return self.above.key_place(name) if name in self.above.keys else super().key_place(name)


def _merged(below: Node, above: Node) -> Node:
    if not (isinstance(below.value, dict) and isinstance(above.value, dict)):
        return above
    merged = _Merged(below, above)
    for name in [*below.value, *(name for name in above.value if name not in below.value)]:
        inside, other = below.value.get(name), above.value.get(name)
        merged.value[name] = inside if other is None else other if inside is None else _merged(inside, other)
    return merged
