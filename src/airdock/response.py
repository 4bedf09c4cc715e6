"""What the caller will get."""

from collections.abc import Iterator
from typing import Any

import msgspec

ABSENT: Any = object()
"""Marks a value that is not there, where None is a value."""


class Headers(dict[str, Any]):
    """Header fields by lower-case name. A value is a text, or a list of texts for a repeated field."""

    __slots__ = ()

    def __init__(self, fields: dict[str, Any] | None = None) -> None:
        super().__init__()
        if fields:
            for name, value in fields.items():
                self[name] = value

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name.lower(), value)

    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(name.lower())

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)

    def add(self, name: str, value: str) -> None:
        """Adds a field beside those of the same name."""
        present = self.get(name)
        if present is None:
            self[name] = value
        elif isinstance(present, list):
            present.append(value)
        else:
            self[name] = [present, value]

    def fields(self) -> Iterator[tuple[str, str]]:
        """Every field as `(name, text)`, repeated ones once per value."""
        for name, value in self.items():
            if isinstance(value, list):
                for each in value:
                    yield name, str(each)
            else:
                yield name, str(value)


class Response(msgspec.Struct):
    """What the caller will get.

    Attributes:
        status: HTTP status; None until a step sets it.
        own_headers: Header fields; None until `headers`, which makes them, was used.
        parts: What `output` steps and scripts wrote, in order.
        body: What `respond` set; `ABSENT` until then. It is the answer whatever else was written.
    """

    status: int | None = None
    parts: list[str | bytes] = []
    body: Any = ABSENT
    own_headers: Headers | None = None

    @property
    def headers(self) -> Headers:
        if self.own_headers is None:
            self.own_headers = Headers()
        return self.own_headers

    def write(self, text: str | bytes) -> None:
        """Appends to the answer."""
        self.parts.append(text)

    def mark(self) -> "Response":
        """What it is now, for `back_to`."""
        headers = None if self.own_headers is None else Headers(self.own_headers)
        return Response(self.status, self.parts.copy(), self.body, headers)

    def back_to(self, mark: "Response") -> None:
        """Forgets what was set and written since."""
        self.status, self.parts, self.body, self.own_headers = mark.status, mark.parts, mark.body, mark.own_headers

    def discard(self) -> None:
        """Forgets everything that was set and written."""
        self.status = None
        self.own_headers = None
        self.parts = []
        self.body = ABSENT
