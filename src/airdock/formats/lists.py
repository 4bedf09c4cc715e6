"""Values that come under one name, one or several times."""

from collections.abc import Iterable
from typing import Any

from airdock.spec.fields import field
from airdock.spec.kinds import ListOf, Text

LISTS = field(ListOf(Text()), "Names whose value is a list even where it stands once.", default=[], example=["item"])


def add_value(fields: dict[str, Any], name: str, value: Any, lists: Iterable[str]) -> None:
    """Puts a value under a name; several of one name are a list."""
    if name not in fields:
        fields[name] = [value] if name in lists else value
    elif isinstance(present := fields[name], list):
        present.append(value)
    else:
        fields[name] = [present, value]
