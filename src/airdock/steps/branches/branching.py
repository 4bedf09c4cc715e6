"""Steps that run others on copies of the message: what they declare in common, and how they run them."""

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Duration, Integer, OneOf
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.step import Compiler, ProducingStep
from airdock.steps.branches.gathering import Gathering, Strategy, check_strategy, gathering
from airdock.steps.branches.running import Branch, Branches, Conduct, Running

__all__ = ["AT_ONCE", "Branch", "Branches", "Branching", "BranchingStep"]

AT_ONCE = 20
"""So many branches run side by side where `parallel` is true: as Camel's default pool of threads has at most."""


class BranchingStep(ProducingStep):
    """A step whose branches each have a copy of the message.

    Attributes:
        default_aggregate: What becomes of their bodies where `aggregate` is left out.
    """

    default_aggregate: ClassVar[Strategy]

    parallel: bool | int = field(
        OneOf((Boolean(), Integer(1, 1000))),
        f"Branches run side by side, so many at once; `true` stands for {AT_ONCE}. What they write is put together in"
        " their order.",
        default=False,
        example=10,
    )
    stop_on_error: bool = field(
        Boolean(),
        "The first error ends the step and the branches that run. Else all run, and the step then fails with the"
        " first of their errors, unless `aggregate` is an expression.",
        default=False,
    )
    timeout: float | None = field(
        Duration(),
        "After this time the branches that still run are cut off, and the flow goes on with those that have ended.",
        unit="s",
        example="5s",
    )
    aggregate: Expression | None = field(
        ExpressionKind(),
        "What becomes of the branches' bodies: `latest`, `list`, `object` (by name), `merge` (objects or lists into"
        " one), or an expression that sees all that have ended as `branches`.",
        example="list",
    )

    @property
    def time_limit(self) -> float | None:
        return None

    def gathering(self) -> Callable[[], Gathering]:
        """Makes what puts together the branches of a message."""
        return gathering(self.aggregate, self.default_aggregate)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_strategy(element.aggregate, "branches")


class Branching:
    """How a step runs its branches; made when it is compiled, and used for each message."""

    def __init__(self, step: BranchingStep, compiler: Compiler, most: int | None = None) -> None:
        """`most`: so many branches there are at most, where that is known."""
        at_once = step.parallel
        parallel = (AT_ONCE if at_once else 1) if isinstance(at_once, bool) else at_once
        self._conduct = Conduct(
            step.path,
            min(parallel, most or parallel),
            step.stop_on_error,
            step.timeout,
            compiler.clock,
            step.gathering(),
            step.store(),
        )

    @property
    def keeps(self) -> bool:
        """Whether every branch is kept until all have ended."""
        return self._conduct.gathering().keeps

    def run(self, exchange: Exchange, branches: Branches) -> Awaitable[None] | None:
        """Runs branches to their end, joins them, and stores what `aggregate` makes of them.

        Each is taken from the iterator when it is to begin. The iterator is closed in any case. When this ends, however
        it does, no branch is running.

        Raises:
            FlowError: that of a branch, whose `details` tell of all that failed; or what the iterator raises.
        """
        return Running(self._conduct, exchange).run(branches)
