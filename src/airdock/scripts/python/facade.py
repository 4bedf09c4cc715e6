"""The exchange as a Python script sees it."""

from typing import Any, NoReturn

from airdock.exchange import Exchange, Run
from airdock.logs import log_run
from airdock.request import Request
from airdock.response import Headers, Response
from airdock.streams import as_stream


class ScriptLog:
    """Writes to the log of flows, with the run's id and the module's path."""

    __slots__ = ("_module", "_run")

    def __init__(self, run: Run, module: str) -> None:
        self._run = run
        self._module = module

    def debug(self, message: Any, **fields: Any) -> None:
        self._write("debug", message, fields)

    def info(self, message: Any, **fields: Any) -> None:
        self._write("info", message, fields)

    def warning(self, message: Any, **fields: Any) -> None:
        self._write("warning", message, fields)

    def error(self, message: Any, **fields: Any) -> None:
        self._write("error", message, fields)

    def _write(self, level: str, message: Any, fields: dict[str, Any]) -> None:
        # Names that the line has anyway would be given twice.
        own = {name: value for name, value in fields.items() if name not in ("run", "flow", "module", "event")}
        log_run(self._run, level, str(message), module=self._module, **own)


class ScriptExchange:
    """What `service(exchange)` gets: the run's data, and nothing of the engine.

    After the step was given up (its time was over while a thread was still running it), every use raises RuntimeError.
    """

    __slots__ = ("_exchange", "_module")

    def __init__(self, exchange: Exchange, module: str) -> None:
        self._exchange = exchange
        self._module = module

    @property
    def body(self) -> Any:
        """The message's body; setting it makes it the answer, if nothing is written."""
        return self._exchange.body

    @body.setter
    def body(self, value: Any) -> None:
        self._exchange.body = as_stream(value)

    @property
    def headers(self) -> Headers:
        """The message's headers by lower-case name."""
        return self._exchange.headers

    @property
    def properties(self) -> dict[str, Any]:
        """The exchange properties, which later steps read."""
        return self._exchange.properties

    @property
    def request(self) -> Request:
        """What started the run."""
        return self._exchange.request

    @property
    def response(self) -> Response:
        """What the caller gets: `status`, `headers`, `write(text)`."""
        return self._exchange.response

    @property
    def run(self) -> Run:
        """Who runs: `id`, `flow`, `project`, `release`, `attempt`."""
        return self._exchange.run

    @property
    def log(self) -> ScriptLog:
        """`debug`, `info`, `warning`, `error`: a message, and fields by name."""
        return ScriptLog(self._exchange.run, self._module)

    def _close(self) -> None:
        self._exchange = _ENDED


class _Ended:
    """Stands in for the exchange of a run that did not wait for its script."""

    def __getattr__(self, name: str) -> NoReturn:
        raise RuntimeError("the step was given up: its exchange can no longer be used")

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        self.__getattr__(name)


_ENDED: Any = _Ended()
