"""A module as a step: evaluated in a thread, again from its start whenever it needs something of the host."""

import asyncio
import random
import time
from typing import Any

import msgspec

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.logs import LEVELS, log_run
from airdock.scripts.javascript.applied import apply_outcome
from airdock.scripts.javascript.failures import failed
from airdock.scripts.javascript.given import NEEDS_BODY, encode, part
from airdock.scripts.javascript.host import Host
from airdock.scripts.javascript.limits import JavaScriptLimits
from airdock.scripts.javascript.outcome import Outcome, Suspension, read_outcome
from airdock.scripts.javascript.program import Program
from airdock.scripts.javascript.sandbox import BrokenError, Sandbox
from airdock.scripts.pool import WorkerPool
from airdock.scripts.values import Result

_MOST_LEAVINGS = 200
"""How often a run may be left for parts and modules, a bound that no honest script meets."""


class ModuleScript:
    """Runs one module. It learns which parts of the exchange the module uses, so that later runs are given them."""

    def __init__(
        self,
        program: Program,
        function: str,
        *,
        result: Result,
        pool: WorkerPool,
        sandbox: Sandbox,
        limits: JavaScriptLimits,
        seconds: float,
        host: Host | None,
    ) -> None:
        self._program = program
        self._function = function
        self._result = result
        self._pool = pool
        self._sandbox = sandbox
        self._limits = limits
        self._seconds = seconds
        self._host = host
        self._parts: set[str] = set()
        self._log_limits = {"lines": limits.log_lines, "line": limits.log_line, "log": limits.log_total}

    async def __call__(self, exchange: Exchange) -> None:
        """
        Raises:
            FlowError: what the script threw, or `script.timeout`, `script.memory`, `script.result`, `script.module`,
                `script.busy`, `messaging.unavailable`, `response.invalid`.
        """
        limit = asyncio.timeout(self._seconds)
        try:
            async with limit:
                outcome = await self._ended(exchange)
        except TimeoutError:
            if limit.expired():
                raise FlowError("script.timeout", f"the script did not end within {self._seconds:g} s") from None
            raise
        if outcome.error is not None:
            raise failed(outcome.error, self._program)
        apply_outcome(exchange, outcome, self._result)

    async def _ended(self, exchange: Exchange) -> Outcome:
        """The outcome of the evaluation that came to its end."""
        attempts = Attempts(time.monotonic() + self._seconds)
        for _ in range(_MOST_LEAVINGS + self._limits.host_calls):
            outcome = await self._attempt(exchange, attempts)
            if outcome.suspended is None:
                self._log(exchange, outcome)
                return outcome
            await self._provide(exchange, outcome.suspended, attempts)
        raise FlowError("script.error", "the script asks for ever more of the exchange and of modules")

    async def _attempt(self, exchange: Exchange, attempts: "Attempts") -> Outcome:
        given = self._given(exchange, attempts)
        modules = self._program.text

        def evaluate() -> Outcome:
            return read_outcome(self._sandbox.run(modules, encode(given), attempts.deadline))

        try:
            return await self._pool.run(evaluate, lambda: self._abandoned(exchange), self._sandbox.renew)
        except BrokenError as broken:
            if broken.logs:
                self._log(exchange, read_outcome(broken.logs))
            raise broken.error from None

    def _given(self, exchange: Exchange, attempts: "Attempts") -> dict[str, Any]:
        program = self._program
        given: dict[str, Any] = {
            "entry": program.entry,
            "function": self._function,
            "absent": program.absent,
            "answers": attempts.answers,
            "limits": self._log_limits,
            "parts": {name: part(exchange, name) for name in self._parts},
        }
        response = exchange.response
        if response.status is not None or response.own_headers is not None:
            given["response"] = {"status": response.status, "headers": response.headers}
        if program.calls_host:
            given["now"] = attempts.now
            given["seed"] = attempts.seed
        return given

    async def _provide(self, exchange: Exchange, wanted: Suspension, attempts: "Attempts") -> None:
        if wanted.kind == "part":
            name = str(wanted.detail)
            if name in NEEDS_BODY and exchange.request.unread:
                await exchange.request.read()
            part(exchange, name)
            self._parts.add(name)
        elif wanted.kind == "module":
            asked = msgspec.convert(wanted.detail, dict[str, str])
            self._program.add(asked["name"], asked["path"])
        else:
            await self._call_host(msgspec.convert(wanted.detail, HostCall), attempts)

    async def _call_host(self, call: "HostCall", attempts: "Attempts") -> None:
        if self._host is None:
            raise FlowError("messaging.unavailable", f"the script called {call.name}, and no message hub is running")
        if len(attempts.answers) >= self._limits.host_calls:
            raise FlowError("script.error", f"the script called the host more than {self._limits.host_calls} times")
        value = await self._host.call(call.name, msgspec.json.decode(call.arguments, type=list[Any]))
        attempts.answers.append({"name": call.name, "arguments": call.arguments, "value": encode(value)})

    def _log(self, exchange: Exchange, outcome: Outcome) -> None:
        for level, text in outcome.logs:
            log_run(exchange.run, level if level in LEVELS else "info", text, module=self._program.entry)
        if outcome.dropped:
            log_run(exchange.run, "warning", f"{outcome.dropped} more lines were dropped", module=self._program.entry)

    def _abandoned(self, exchange: Exchange) -> None:
        log_run(
            exchange.run,
            "warning",
            "a script did not end in time; its thread ends with its limit of CPU time",
            module=self._program.entry,
            abandoned=self._pool.abandoned,
        )


class HostCall(msgspec.Struct):
    """A call of the host; `arguments` is JSON text, by which an evaluation is known to take the same way again."""

    name: str
    arguments: str


class Attempts:
    """What the evaluations of one run share: the answers so far, and the clock and chance that they see."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.answers: list[dict[str, Any]] = []
        self.now = time.time_ns() // 1_000_000
        self.seed = random.getrandbits(32)
