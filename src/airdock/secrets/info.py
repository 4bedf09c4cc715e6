"""What is told of secrets; never a value."""

from datetime import datetime
from typing import Literal

import msgspec

Source = Literal["environment", "file", "database"]


class SecretInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A secret.

    Attributes:
        source: Where its value is read from.
        changed, by: When and by whom it was kept in the database; None when it comes from elsewhere.
        problem: Why it cannot be read; empty when it can.
    """

    name: str
    source: Source
    changed: datetime | None = None
    by: str | None = None
    problem: str = ""


class Rotation(msgspec.Struct, frozen=True, kw_only=True):
    """A rotation of the key.

    Attributes:
        secrets: How many secrets were encrypted anew.
        key: The id of the key that all are encrypted with now.
        place: Where that key stands: the key file, or the variable of the setting.
    """

    secrets: int
    key: str
    place: str
