from collections.abc import Awaitable

from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Duration
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Step
from airdock.steps.common.values import seconds_of


class Delay(Step):
    """Waits. Other runs go on meanwhile."""

    type = "delay"
    group = "timing and load"

    duration: Template = field(
        TemplateKind(types=("string",), of=Duration()), "How long.", default=REQUIRED, example="250ms"
    )

    def compile(self, compiler: Compiler) -> Compiled:
        seconds, sleep = seconds_of(self.duration), compiler.clock.sleep

        def delay(exchange: Exchange) -> Awaitable[None]:
            return sleep(seconds(exchange))

        return delay
