from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Module, Text
from airdock.spec.step import Compiled, Compiler, ProducingStep


class Python(ProducingStep):
    """Calls a function of a Python module of the project.

    The function gets the exchange: `body`, `headers`, `properties`, `request`, `response` (`status`, `headers`,
    `write(text)`), `run` and `log`. An `async def` runs in the event loop, a plain `def` in a worker thread. What it
    returns, unless None, becomes the body or the property that `result` names.
    """

    type = "python"
    group = "scripts"
    waits = True
    opaque = True

    module: str = field(Module((".py",)), "Path of the module.", default=REQUIRED, example="/shop/prices.py")
    function: str = field(Text(r"[A-Za-z_]\w*", "a function's name"), "The function.", default="service")

    @property
    def reads_body(self) -> bool:
        return True

    def compile(self, compiler: Compiler) -> Compiled:
        return compiler.script(self.type, self.module, self.function, self)
