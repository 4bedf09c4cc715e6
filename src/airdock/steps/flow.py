from typing import Any

from airdock.spec.fields import field
from airdock.spec.flow import SubFlow
from airdock.spec.kinds import Flow as FlowKind
from airdock.spec.kinds import Module
from airdock.spec.step import Compiled, Compiler, Resuming, Step, changed
from airdock.steps.common.values import check_one_flow


class FlowStep(Step):
    """Runs a flow on the same exchange: one in place, or another flow by its path.

    Another flow runs with its own `properties`, which stay set, and its own `onError`; its `input`, `output` and
    `timeout` belong to runs that callers start and do not apply. It is looked up when it is called, so the version
    that is enabled then runs. Flows may call each other 50 deep, and a run may call 100,000 flows; a call beyond is an
    error `flow.depth`.
    """

    type = "flow"
    group = "routing"

    flow: SubFlow | None = field(FlowKind(), "The flow in place.")
    module: str = field(Module((".flow",)), "Path of another flow.", default="", example="/shop/price.flow")

    begun: Compiled | None = None
    """What is left of the other flow, where a run goes on inside it."""

    def compile(self, compiler: Compiler) -> Compiled:
        if self.flow is not None:
            return compiler.flow(self.flow)
        return compiler.flow_at(self.module, self.place_of("module"), self.begun)

    def resumed(self, inside: Resuming) -> "FlowStep | None":
        if self.flow is None:
            return changed(self, begun=inside.called(self.module))
        rest = inside.rest(self.flow.steps)
        return changed(self, flow=changed(self.flow, properties={}, steps=rest)) if rest else None

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_one_flow(element)
