"""Whether anything behind a step can run."""

from airdock.expressions import Expression
from airdock.lint.constants import constant_value
from airdock.spec.flow import ErrorHandler
from airdock.spec.step import Step
from airdock.steps.condition import Condition, as_text
from airdock.steps.flow import FlowStep
from airdock.steps.stop import Stop
from airdock.steps.throw import Throw
from airdock.steps.try_ import Try


class Ending:
    """How the steps of one flow end.

    Where a handler lets a flow go on behind the step that failed, `throw` ends nothing for certain.
    """

    def __init__(self, handlers: list[ErrorHandler]) -> None:
        self._throws = not any(handler.continue_ for handler in handlers)

    def of_block(self, steps: list[Step]) -> Step | None:
        """The first step of a list behind which nothing of it runs, but for the last step's that is None too."""
        return next((step for step in steps if self.ends(step)), None)

    def ends(self, step: Step) -> bool:
        """Whether nothing behind a step ever runs."""
        if isinstance(step.when, Expression) and constant_value(step.when) is not True:
            return False
        match step:
            case Stop():
                return True
            case Throw():
                return self._throws
            case FlowStep():
                return step.flow is not None and self._block_ends(step.flow.steps)
            case Condition():
                return self._condition_ends(step)
            case Try():
                return self._try_ends(step)
        return False

    def _block_ends(self, steps: list[Step]) -> bool:
        return self.of_block(steps) is not None

    def _condition_ends(self, step: Condition) -> bool:
        flows = [case.flow for case in step.cases]
        if step.otherwise is not None:
            flows.append(step.otherwise)
        elif not takes_all(step):
            return False
        return all(self._block_ends(flow.steps) for flow in flows)

    def _try_ends(self, step: Try) -> bool:
        if self._block_ends(step.finally_):
            return True
        return self._block_ends(step.steps) and all(self._block_ends(each.steps) for each in step.catch)


def takes_all(step: Condition) -> bool:
    """Whether every message matches a case."""
    ends = {(case.key, as_text(case.value).lower()) for case in step.cases if case.key}
    if any((key, "any") in ends and (key, "null") in ends for key, _ in ends):
        return True
    return any(case.when is not None and constant_value(case.when) is True for case in step.cases)
