from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Module, Text
from airdock.spec.step import Compiled, Compiler, ProducingStep


class JavaScript(ProducingStep):
    """Runs a CommonJS module of the project in a context of its own.

    If the module exports a function of the name, it is called with the exchange; a module that exports none just
    runs. What the function returns, unless undefined, becomes the body or the property that `result` names. Time and
    memory are limited; `timeout` sets the time.
    """

    type = "javascript"
    group = "scripts"
    waits = True
    opaque = True

    module: str = field(Module((".js",)), "Path of the module.", default=REQUIRED, example="/shop/prices.js")
    function: str = field(Text(r"[A-Za-z_$][\w$]*", "a function's name"), "The function.", default="service")

    @property
    def reads_body(self) -> bool:
        return True

    def compile(self, compiler: Compiler) -> Compiled:
        return compiler.script(self.type, self.module, self.function, self)
