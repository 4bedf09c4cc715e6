"""Failed runs are lines of the log, and a flood of them is not."""

from structlog.testing import capture_logs

from airdock.errors import FlowError
from airdock.exchange import Run
from airdock.triggers.http.failures import LINES_PER_SECOND, FailureLog

RUN = Run("0190", "shop/order.flow", "shop")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_failed_run_is_a_line_that_leads_to_its_record() -> None:
    error = FlowError("script.error", "KeyError: 'secret'")
    error.step = "double"
    with capture_logs() as lines:
        FailureLog(clock=Clock()).note(error, RUN)
    (line,) = lines
    assert line == {
        "event": "failed with script.error",
        "log_level": "error",
        "run": "0190",
        "flow": "shop/order.flow",
        "step": "double",
    }


def test_the_message_is_told_where_details_are() -> None:
    with capture_logs() as lines:
        FailureLog(messages=True, clock=Clock()).note(FlowError("script.error", "KeyError: 'total'"), RUN)
    assert lines[0]["event"] == "failed with script.error: KeyError: 'total'"


def test_what_the_caller_did_wrong_is_no_line() -> None:
    with capture_logs() as lines:
        FailureLog(clock=Clock()).note(FlowError("request.schema", "the body does not fit", status=400), RUN)
    assert lines == []


def test_a_flood_is_cut_and_the_next_second_says_by_how_much() -> None:
    clock = Clock()
    log = FailureLog(clock=clock)
    with capture_logs() as lines:
        for _ in range(LINES_PER_SECOND + 7):
            log.note(FlowError("step.timeout", ""), RUN)
        assert len(lines) == LINES_PER_SECOND
        clock.now += 1
        log.note(FlowError("step.timeout", ""), RUN)
    assert lines[-1]["unlisted"] == "7"
