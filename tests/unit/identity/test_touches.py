import threading

import pytest
import structlog

from airdock.database import DatabaseError
from airdock.identity import Identity, Principal
from airdock.identity.touches import Touches
from tests.unit.identity.people import Clock


def test_what_cannot_be_written_now_is_written_later(
    identity: Identity, ann: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = identity.tokens.create_personal(Principal(ann), "laptop").token
    touches = Touches(identity.store)
    with monkeypatch.context() as patch:
        patch.setattr(identity.store, "noting", _unavailable)
        touches.touch("token", token.id)
        with pytest.raises(DatabaseError):
            touches.flush()
    touches.close()
    assert identity.tokens.get(token.id).last_used is not None


def test_trouble_of_the_database_is_logged_at_the_end(
    identity: Identity, ann: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    touches = Touches(identity.store)
    monkeypatch.setattr(identity.store, "noting", _unavailable)
    touches.touch("user", ann)
    with structlog.testing.capture_logs() as lines:
        touches.close()
    assert {line["reason"] for line in lines} == {"gone"}


def test_thread_writes_by_itself(identity: Identity, ann: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = threading.Event()
    touches = Touches(identity.store)
    flush = touches.flush

    def told() -> None:
        flush()
        written.set()

    monkeypatch.setattr(touches, "flush", told)
    touches.touch("user", ann)
    assert written.wait(30)
    assert identity.users.get(ann).last_seen is not None
    touches.close()


def _unavailable() -> None:
    raise DatabaseError("database.unavailable", "gone")
