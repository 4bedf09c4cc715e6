"""Starting and closing the run log of a process."""

from pathlib import Path

import pytest

from airdock.runlog import RunLog, RunStore
from tests.unit.runlog.books import FLOW, new_exchange


def test_runs_before_the_start_are_stored_after_it(tmp_path: Path) -> None:
    log = RunLog(tmp_path)
    entry = log.flow(FLOW, "shop", "summary")
    entry.started()
    entry.ended(new_exchange(), 0, None)
    assert not log.flush()
    log.start()
    with pytest.raises(RuntimeError, match="started once"):
        log.start()
    assert log.close()
    assert len(RunStore(tmp_path).list()) == 1


def test_a_log_that_was_never_started_closes(tmp_path: Path) -> None:
    log = RunLog(tmp_path)
    assert log.close()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RuntimeError):
        log.start()
