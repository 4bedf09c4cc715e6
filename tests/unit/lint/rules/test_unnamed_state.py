from airdock.lint.rules.unnamed_state import CODE
from airdock.spec.step import Step
from tests.unit.lint.finding import OUTPUT, found


class Counter(Step):
    """Counts messages."""

    type = "counter"
    stateful = True


def test_a_step_that_keeps_something_needs_a_name() -> None:
    told = found(CODE, [OUTPUT, {"type": "counter"}, {"type": "counter", "name": "orders"}], Counter)
    assert [each.split()[0] for each in told] == ["$.steps[1]"]
