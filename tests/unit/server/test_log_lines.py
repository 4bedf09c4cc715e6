"""Log lines: one per event, whatever a message holds."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from airdock.exchange import Run
from airdock.logs import log_run
from airdock.server.log_lines import begin_logging

RUN = Run("0193580a", "shop/order.flow")


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Gives the process the logging back that it had."""
    root, own, configured = logging.getLogger(), logging.getLogger("airdock"), structlog.get_config()
    handlers, levels = root.handlers[:], (root.level, own.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    own.setLevel(levels[1])
    structlog.configure(**configured)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream = io.StringIO()
    begin_logging("info", stream)
    # The logger of flows keeps what it was first configured with; tests need one that looks again.
    monkeypatch.setattr("airdock.logs._logger", structlog.get_logger("airdock.flow"))
    return stream


def test_a_line_names_the_run_and_the_flow(lines: io.StringIO) -> None:
    log_run(RUN, "warning", "stock is low", step="2")
    line = lines.getvalue()
    assert line.endswith("warning stock is low run=0193580a flow=shop/order.flow step=2\n")


def test_a_message_cannot_begin_a_line_or_steer_a_terminal(lines: io.StringIO) -> None:
    log_run(RUN, "info", "one\ntwo\r\x1b[31m", step="1\n2")
    line = lines.getvalue()
    assert line.count("\n") == 1
    assert "one\\ntwo\\r\\x1b[31m" in line
    assert "step=1\\n2" in line


def test_what_is_below_the_level_is_left_out(lines: io.StringIO) -> None:
    log_run(RUN, "debug", "details")
    logging.getLogger("some.library").info("chatter")
    assert lines.getvalue() == ""


def test_warnings_of_libraries_are_lines_too(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("careful")
    assert lines.getvalue().endswith("WARNING some.library: careful\n")


def test_secrets_are_masked_by_name_and_by_look(lines: io.StringIO) -> None:
    log_run(RUN, "info", "password=hunter2 at https://joe:hunter2@host/", api_key="hunter2", note="token: hunter2")
    logging.getLogger("some.library").error("Authorization: Bearer hunter2")
    assert "hunter2" not in lines.getvalue()
    assert "api_key=***" in lines.getvalue()


def test_a_long_message_is_cut(lines: io.StringIO) -> None:
    log_run(RUN, "info", "x" * 1_000_000, note="y" * 1_000_000)
    line = lines.getvalue()
    assert len(line) < 10_000
    assert "(1000000 characters)" in line


def test_what_cannot_be_shown_is_a_line_nevertheless(lines: io.StringIO) -> None:
    class Odd:
        def __str__(self) -> str:
            raise SystemExit

    log_run(RUN, "info", "half of one: \ud800", value=Odd())
    assert lines.getvalue().endswith("value=(cannot be shown)\n")


def test_a_traceback_keeps_its_lines_and_steers_no_terminal(lines: io.StringIO) -> None:
    try:
        raise ValueError("\x1b[2J\r gone")
    except ValueError:
        logging.getLogger("some.library").exception("failed")
    assert lines.getvalue().endswith("ValueError: \\x1b[2J\\r gone\n")
    assert lines.getvalue().count("\n") > 2
