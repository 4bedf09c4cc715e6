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
