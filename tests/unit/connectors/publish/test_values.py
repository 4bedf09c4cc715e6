from typing import Any

import pytest

from airdock.connectors.publish.values import one_of, seconds_of, whole_of
from airdock.errors import FlowError
from airdock.exchange import Exchange, Run
from airdock.expressions.template import compile_template

EMPTY = Exchange(Run("id", "p/f.flow"))


def test_the_first_template_that_is_there() -> None:
    assert one_of(None, compile_template("b"), compile_template("c"))(EMPTY) == "b"
    assert one_of(None)(EMPTY) == ""


@pytest.mark.parametrize(("value", "expected"), [(0, 0), ("7", 7), (7.0, 7), (9, 9), ("${body}", None)])
def test_whole_numbers(value: Any, expected: Any) -> None:
    assert whole_of(compile_template(value), "priority", 9)(EMPTY) == expected
    assert whole_of(None, "priority", 9)(EMPTY) is None


@pytest.mark.parametrize("value", [-1, 10, 1.5, True, "x", "", "9" * 40, [1]])
def test_no_whole_numbers(value: Any) -> None:
    with pytest.raises(FlowError, match="from 0 to 9"):
        whole_of(compile_template(value), "priority", 9)(EMPTY)


def test_durations() -> None:
    assert seconds_of(compile_template("2m"), "delay")(EMPTY) == 120.0
    assert seconds_of(compile_template("${body}"), "delay")(EMPTY) is None
    for wrong in (5, "soon", True):
        with pytest.raises(FlowError, match="no duration"):
            seconds_of(compile_template(wrong), "delay")(EMPTY)
