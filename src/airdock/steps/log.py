from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.logs import LEVELS, log_run
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import TEXT_TEMPLATE, Choice
from airdock.spec.step import Compiled, Compiler, Step


class Log(Step):
    """Writes a line to the log, with the run's id and the flow's name."""

    type = "log"
    group = "answer and data"

    message: Template = field(TEXT_TEMPLATE, "The text.", default=REQUIRED, example="order ${body.id} accepted")
    level: str = field(Choice(tuple(LEVELS)), "How important it is.", default="info")

    def compile(self, compiler: Compiler) -> Compiled:
        text, level, step = self.message.text, self.level, self.path

        def log(exchange: Exchange) -> None:
            log_run(exchange.run, level, text(exchange), step=step)

        return log
