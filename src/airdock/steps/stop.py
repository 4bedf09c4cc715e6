from airdock.exchange import Exchange, StopRun
from airdock.spec.step import Compiled, Compiler, Step


class Stop(Step):
    """Ends the run well, wherever it stands.

    What was written so far is the answer. `finally` steps around it run; no error handler does.
    """

    type = "stop"
    group = "routing"

    def compile(self, compiler: Compiler) -> Compiled:
        def stop(exchange: Exchange) -> None:
            raise StopRun

        return stop
