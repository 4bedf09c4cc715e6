from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import TEXT_TEMPLATE, Integer
from airdock.spec.step import Compiled, Compiler, Step


class Throw(Step):
    """Raises an error that the nearest handler takes.

    In a handler, `"code": "${error.code}"` raises the error that is handled again.
    """

    type = "throw"
    group = "reliability"

    code: Template = field(TEXT_TEMPLATE, "The code that handlers match.", default=REQUIRED, example="order.unknown")
    message: Template | None = field(
        TEXT_TEMPLATE, "A sentence for people; the code if left out.", example="no order ${request.params.id}"
    )
    status: int = field(
        Integer(400, 599), "What an HTTP caller gets if nobody handles the error.", default=500, example=404
    )

    def compile(self, compiler: Compiler) -> Compiled:
        code, status = self.code.text, self.status
        message = self.message.text if self.message is not None else code

        def throw(exchange: Exchange) -> None:
            raise FlowError(code(exchange), message(exchange), status=status)

        return throw
