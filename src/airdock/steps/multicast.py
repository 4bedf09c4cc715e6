from collections.abc import Awaitable
from typing import Any, ClassVar

from airdock.branch import branch_of
from airdock.exchange import Exchange
from airdock.spec.fields import REQUIRED, field
from airdock.spec.step import Compiled, Compiler
from airdock.steps.branches.branching import Branch, Branching, BranchingStep
from airdock.steps.branches.gathering import Latest, Strategy
from airdock.steps.branches.several_flows import FLOWS, SeveralFlows, check_names, compiled_flows, names_of


class Multicast(BranchingStep):
    """Sends a copy of the message through each of several flows.

    Each flow has the message as it is in front of the step, with headers and properties of its own: what one changes
    no other sees, nor does the main flow. What they write to the answer is put together in their order. The body
    behind the step is what `aggregate` makes of theirs; left out, that of the last one.

    An error in one flow does not end the others. When all have ended, the step fails with the first of the errors, in
    the order of the flows; its `details` tell of all that failed (`failures`). What the flows wrote is then dropped.
    With `stopOnError` the first error ends the step at once. An error that a handler of the flow took is none. An
    expression in `aggregate` takes errors upon itself: it sees `branches`, a list with `name`, `index`, `body`,
    `headers`, `properties` and `error` (null where all went well) of each flow that has ended.
    """

    type = "multicast"
    group = "routing"
    default_aggregate: ClassVar[Strategy] = Latest
    example = {
        "type": "multicast",
        "parallel": True,
        "timeout": "5s",
        "aggregate": "object",
        "flows": [
            {"name": "stock", "steps": [{"type": "transform", "expression": "{'left': 3}"}]},
            {"name": "price", "steps": [{"type": "transform", "expression": "{'amount': 9.5}"}]},
        ],
    }

    flows: SeveralFlows = field(FLOWS, "The flows: in place, or the paths of others.", default=REQUIRED)

    @property
    def reads_body(self) -> bool:
        return True

    def compile(self, compiler: Compiler) -> Compiled:
        flows = [
            (compiler.branch(compiled), name)
            for compiled, name in zip(compiled_flows(self, self.flows, compiler), names_of(self.flows), strict=True)
        ]
        branching = Branching(self, compiler, len(flows))

        def send(exchange: Exchange) -> Awaitable[None] | None:
            return branching.run(exchange, (Branch(run, branch_of(exchange), name) for run, name in flows))

        return send

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return [*super().check(element), *check_names(element.flows)]
