"""What the caller will get."""

from collections.abc import Iterator
from typing import Any

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


class Response:
    """What the caller will get.

    Attributes:
        status: HTTP status; None until a step sets it.
        headers: Header fields; made when first used.
        parts: What `output` steps and scripts wrote, in order.
        body: What `respond` set; `ABSENT` until then. It is the answer whatever else was written.
    """

    __slots__ = ("_headers", "body", "parts", "status")

    def __init__(self) -> None:
        self.status: int | None = None
        self._headers: Headers | None = None
        self.parts: list[str | bytes] = []
        self.body: Any = ABSENT

    @property
    def headers(self) -> Headers:
        if self._headers is None:
            self._headers = Headers()
        return self._headers

    @property
    def has_headers(self) -> bool:
        return self._headers is not None

    def write(self, text: str | bytes) -> None:
        """Appends to the answer."""
        self.parts.append(text)

    def discard(self) -> None:
        """Forgets everything that was set and written."""
        self.status = None
        self._headers = None
        self.parts = []
        self.body = ABSENT
