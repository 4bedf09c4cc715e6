"""Whether a process is still there."""

import os
import subprocess
import sys

import pytest

from airdock.runlog.processes import birth_of, is_alive


def test_this_process_is_alive() -> None:
    birth = birth_of(os.getpid())
    assert birth is not None
    assert is_alive(os.getpid(), birth)


def test_a_process_that_got_the_same_number_is_another() -> None:
    assert not is_alive(os.getpid(), (birth_of(os.getpid()) or 0) + 1)


def test_a_process_that_has_ended_is_gone_even_before_its_parent_has_noticed() -> None:
    with subprocess.Popen([sys.executable, "-c", "print()"], stdout=subprocess.PIPE) as process:
        birth = birth_of(process.pid)
        assert birth is not None
        # WNOWAIT leaves it as it is: ended, and still in the list of processes.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert not is_alive(process.pid, birth)
    assert not is_alive(process.pid, birth)


def test_where_the_system_does_not_tell_births_existence_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airdock.runlog.processes.Path.read_text", _missing)
    monkeypatch.setattr("airdock.runlog.processes.Path.exists", lambda path: False)
    assert birth_of(os.getpid()) == 0
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        assert birth_of(process.pid) is None


def _missing(path: object) -> str:
    raise FileNotFoundError
