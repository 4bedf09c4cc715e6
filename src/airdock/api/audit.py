"""Who did what, and when."""

from datetime import datetime
from typing import Any

from airdock.api.shapes import ResponseBody


class AuditEntry(ResponseBody, kw_only=True):
    """One thing that somebody did.

    Attributes:
        user: Who; empty where nobody had signed in. action: `session.begin`, `registry.publish`, …
        target: What it was done to, such as a user's or a project's name. remote: From which address.
        details: More, depending on the action.
    """

    id: str
    at: datetime
    user: str
    action: str
    target: str = ""
    project: str = ""
    remote: str = ""
    details: dict[str, Any] = {}
