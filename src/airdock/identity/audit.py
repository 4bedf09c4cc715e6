"""The audit log: who did what, and when. Entries are added and read; nothing changes or removes one."""

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select

from airdock.identity.errors import IdentityError
from airdock.identity.records import AuditRecord, Page, moment, page_size, paged
from airdock.identity.store import Store
from airdock.identity.tables import AUDIT
from airdock.runlog.masking import Masker

LONGEST_FIELD = 300
LONGEST_DETAILS = 8 * 1024
"""Bytes of details as JSON; more are left out, and that is told."""

_MASKER = Masker()
_DETAILS = msgspec.json.Decoder(dict[str, Any])


class Action(StrEnum):
    """What can be noted."""

    SESSION_BEGIN = "session.begin"
    SESSION_FAILED = "session.failed"
    SESSION_END = "session.end"
    USER_CREATE = "user.create"
    USER_CHANGE = "user.change"
    USER_ROLES = "user.roles"
    USER_DISABLE = "user.disable"
    USER_ENABLE = "user.enable"
    USER_PASSWORD = "user.password"  # noqa: S105 -- an action
    USER_REMOVE = "user.remove"
    TOKEN_CREATE = "token.create"  # noqa: S105 -- an action
    TOKEN_REVOKE = "token.revoke"  # noqa: S105 -- an action
    MEMBERS_CHANGE = "members.change"
    REGISTRY_PUBLISH = "registry.publish"
    REGISTRY_ROLLBACK = "registry.rollback"
    REGISTRY_UNPUBLISH = "registry.unpublish"
    SECRET_SET = "secret.set"  # noqa: S105 -- an action
    SECRET_REMOVE = "secret.remove"  # noqa: S105 -- an action
    SECRET_ROTATE = "secret.rotate"  # noqa: S105 -- an action
    RUN_RETRY = "run.retry"
    RUN_CANCEL = "run.cancel"
    ACTIVITY_PAUSE = "activity.pause"
    ACTIVITY_RESUME = "activity.resume"
    JOB_RUN = "job.run"
    LETTER_CHANGE = "letter.change"
    LETTER_SEND = "letter.send"
    LETTER_DISCARD = "letter.discard"
    MESSAGE_SEND = "message.send"
    MESSAGE_UNSUBSCRIBE = "message.unsubscribe"
    SETTINGS_CHANGE = "settings.change"
    BACKUP = "backup"
    RESTORE = "restore"


class Audit:
    """Adds to the audit log and reads it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(
        self,
        connection: Connection | None,
        actor: str,
        action: Action | str,
        target: str = "",
        details: Mapping[str, Any] | None = None,
        remote: str = "",
    ) -> None:
        """Adds an entry.

        Args:
            connection: The transaction of what is noted, so that both happen or neither; None for one of its own.
            actor: Who: the name of a principal, empty for somebody unknown.
            target: What it was done to, such as the name of a user or a project.
            details: More; a value whose name sounds like a secret is masked, and so is what looks like one.

        Raises:
            ValueError: the action is none of `Action`.
        """
        row = {
            "at": self._store.now(),
            "actor": _short(actor),
            "action": Action(action).value,
            "target": _short(target),
            "details": _details_text(details or {}),
            "remote": _short(remote),
        }
        with self._store.noting() if connection is None else nullcontext(connection) as transaction:
            transaction.execute(insert(AUDIT).values(row))

    def list(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        target: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 50,
        cursor: str = "",
    ) -> Page[AuditRecord]:
        """Entries, the newest first.

        Args:
            action: One action, or a group of them: `user` for `user.create`, `user.roles` and so on.
            since, until: Only those of that time or later, or earlier.

        Raises:
            IdentityError: `identity.value`, the cursor, the limit or a time is none.
        """
        query = select(AUDIT).order_by(AUDIT.c.id.desc()).limit(page_size(limit) + 1)
        if actor is not None:
            query = query.where(AUDIT.c.actor == _short(actor))
        if action is not None:
            query = query.where(AUDIT.c.action.in_(_actions(action)))
        if target is not None:
            query = query.where(AUDIT.c.target == _short(target))
        if since is not None:
            query = query.where(AUDIT.c.at >= _seconds(since))
        if until is not None:
            query = query.where(AUDIT.c.at < _seconds(until))
        if cursor:
            query = query.where(AUDIT.c.id < _id(cursor))
        with self._store.reading() as connection:
            records = [_record(row) for row in connection.execute(query)]
        return paged(records, limit, [str(record.id) for record in records])


def _actions(text: str) -> list[str]:
    return [action.value for action in Action if action == text or action.startswith(f"{text}.")]


def _id(cursor: str) -> int:
    if cursor.isascii() and cursor.isdigit() and len(cursor) < 19:
        return int(cursor)
    raise IdentityError("identity.value", "the cursor is not one of this list: begin again without")


def _seconds(time: datetime) -> float:
    if time.tzinfo is None:
        raise IdentityError("identity.value", "a time needs an offset, such as Z")
    return time.timestamp()


def _record(row: Row[Any]) -> AuditRecord:
    return AuditRecord(
        id=row.id,
        at=moment(row.at),
        actor=row.actor,
        action=row.action,
        target=row.target,
        details=_DETAILS.decode(row.details),
        remote=row.remote,
    )


def _short(text: str) -> str:
    text = text if text.isprintable() else text.encode("unicode_escape").decode()
    return text if len(text) <= LONGEST_FIELD else f"{text[: LONGEST_FIELD - 1]}…"


def _details_text(details: Mapping[str, Any]) -> str:
    content = msgspec.json.encode(_masked(dict(details)))
    if len(content) > LONGEST_DETAILS:
        content = msgspec.json.encode({"omitted": len(content)})
    return content.decode()


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): "***" if _MASKER.is_secret(str(key)) else _masked(each) for key, each in value.items()}
    if isinstance(value, str):
        return _MASKER.text(value.encode(errors="backslashreplace").decode())
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(each) for each in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return value
