"""Breakpoints: at which steps a run stops."""

from airdock.errors import FlowError
from airdock.exchange import Exchange, StepInfo
from airdock.expressions import Expression, compile_expression

_IF = " if "


class Breakpoint:
    """A step by its name or path, and perhaps a condition.

    Attributes:
        step: The name or path. condition: Stops only where it is true; None for always.
    """

    def __init__(self, text: str) -> None:
        """`text`: `STEP` or `STEP if EXPRESSION`.

        Raises:
            ExpressionSyntaxError: the condition does not compile.
            ValueError: it names no step.
        """
        step, found, condition = text.partition(_IF)
        self.step = step.strip()
        if not self.step:
            raise ValueError("name a step, by its name or its path")
        self.condition: Expression | None = compile_expression(condition.strip()) if found else None

    def __str__(self) -> str:
        return self.step if self.condition is None else f"{self.step}{_IF}{self.condition.source}"

    def is_at(self, step: StepInfo, exchange: Exchange) -> bool:
        """Whether a run stops in front of the step. Where the condition fails it does, too: somebody should look."""
        if self.step not in (step.name, step.path):
            return False
        try:
            return self.condition is None or self.condition.test(exchange)
        except FlowError:
            return True
