"""Who did what, and when."""

from typing import Any

from airdock.api.shapes import ResponseBody, Time


class AuditEntry(ResponseBody, kw_only=True):
    """One thing that somebody did.

    Attributes:
        actor: Who; empty for somebody unknown. action: `session.begin`, `registry.publish`, …
        target: What it was done to, such as a user's or a project's name. remote: From which address.
        details: More, depending on the action.
    """

    id: str
    at: Time
    actor: str
    action: str
    target: str = ""
    remote: str = ""
    details: dict[str, Any] = {}
