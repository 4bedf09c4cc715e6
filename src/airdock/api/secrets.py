"""Secrets: their names, never their values."""

from datetime import datetime
from typing import Literal

from airdock.api.shapes import RequestBody, ResponseBody


class SecretInfo(ResponseBody, kw_only=True):
    """A secret and where it is kept; `changed` and `by` are null for one that is not in the database."""

    name: str
    source: Literal["database", "environment", "file"]
    changed: datetime | None = None
    by: str | None = None


class SecretValue(RequestBody, kw_only=True):
    """What a secret is to be."""

    value: str

    def __repr__(self) -> str:
        return "SecretValue(...)"
