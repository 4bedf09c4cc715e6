"""Who did what, and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from airdock.api.audit import AuditEntry
from airdock.api.shapes import Page
from airdock.identity.permissions import Permission
from airdock.identity.records import AuditRecord
from airdock.server.management.operations import Access, operation
from airdock.server.management.paging import Cursor, Limit
from airdock.server.management.parameters import utc
from airdock.server.management.parts import Parts

READ = Access(Permission.AUDIT_READ)

ByActor = Annotated[str | None, QueryParameter(max_length=300, description="Only what this user or service did.")]
OfAction = Annotated[
    str | None,
    QueryParameter(max_length=100, description="Only this action, or a group of them: `registry` for all of it."),
]
OfTarget = Annotated[str | None, QueryParameter(max_length=300, description="Only what was done to this.")]
Since = Annotated[datetime | None, QueryParameter(description="Only then or later; UTC if it names no zone.")]
Until = Annotated[datetime | None, QueryParameter(description="Only before; UTC if it names no zone.")]


def audit_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """The audit log is read here; nothing changes it."""

    @get("/audit", **operation("listAudit", "audit", "Who did what, the newest first", READ))
    def list_audit(
        actor: ByActor = None,
        action: OfAction = None,
        target: OfTarget = None,
        since: Since = None,
        until: Until = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Page[AuditEntry]:
        page = parts.identity.audit.list(
            actor=actor,
            action=action,
            target=target,
            since=utc(since),
            until=utc(until),
            limit=limit,
            cursor=cursor or "",
        )
        return Page([_entry(record) for record in page.items], page.next)

    return [list_audit]


def _entry(record: AuditRecord) -> AuditEntry:
    return AuditEntry(
        id=str(record.id),
        at=record.at,
        actor=record.actor,
        action=record.action,
        target=record.target,
        remote=record.remote,
        details=record.details,
    )
