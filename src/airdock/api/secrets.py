"""Secrets: their names, never their values."""

from typing import Literal

from airdock.api.shapes import RequestBody, ResponseBody, Time


class SecretInfo(ResponseBody, kw_only=True):
    """A secret and where it is read from.

    Attributes:
        changed, by: When and by whom it was kept in the database; null for one from elsewhere.
        problem: Why it cannot be read; empty when it can.
    """

    name: str
    source: Literal["database", "environment", "file"]
    changed: Time | None = None
    by: str | None = None
    problem: str = ""


class SecretValue(RequestBody, kw_only=True):
    """What a secret is to be. `overwrite`: also when what is there cannot be decrypted."""

    value: str
    overwrite: bool = False

    def __repr__(self) -> str:
        return "SecretValue(...)"
