"""Loads JavaScript modules and makes steps of them."""

from collections.abc import Awaitable, Callable

from airdock.errors import DescriptorError, Problem
from airdock.exchange import Exchange
from airdock.scripts.javascript.failures import json_problems, unloadable
from airdock.scripts.javascript.host import Host
from airdock.scripts.javascript.limits import JavaScriptLimits
from airdock.scripts.javascript.program import Program
from airdock.scripts.javascript.sandbox import BrokenError, Sandbox
from airdock.scripts.javascript.script import ModuleScript
from airdock.scripts.library import Modules, read_entry, refused
from airdock.scripts.pool import WorkerPool
from airdock.scripts.values import Result, drop

Script = Callable[[Exchange], Awaitable[None]]
WORKERS = 4
QUEUE = 1000


class JavaScriptScripts:
    """The JavaScript modules of one state of the registry."""

    def __init__(
        self,
        modules: Modules,
        *,
        limits: JavaScriptLimits | None = None,
        pool: WorkerPool | None = None,
        workers: int = WORKERS,
        host: Host | None = None,
    ) -> None:
        """
        Args:
            modules: The files. A changed registry needs another `JavaScriptScripts`.
            limits: What one run may use.
            pool: Threads, shared by all states; one of `workers` threads is made if left out.
            workers: Size of the pool that is made: scripts that run at once.
            host: Answers calls of `service/messaging`; without one they fail as `messaging.unavailable`.
        """
        self.pool = pool or WorkerPool("airdock-javascript", workers, queue=QUEUE)
        self._modules = modules
        self._limits = limits or JavaScriptLimits()
        self._host = host
        self._sandbox = Sandbox(self._limits, self.pool.workers)
        self._programs: dict[str, Program] = {}

    def load(
        self,
        module_path: str,
        function_name: str | None = None,
        *,
        result: Result = drop,
        timeout: float | None = None,
    ) -> Script:
        """A module, ready to run.

        Args:
            module_path: `"project/endpoint.js"`; a slash before it is allowed.
            function_name: The exported function that is called. `"service"` (or None) may be missing: the module then
                just runs.
            result: Gets the exchange and what the function returned, unless null or undefined.
            timeout: Longest wall clock of a run in seconds, in place of `JavaScriptLimits.seconds`.

        Raises:
            DescriptorError: `descriptor.reference` (no such module), or `descriptor.script` (it, or a module that it
                requires, does not compile or is missing).
        """
        path, _ = read_entry(self._modules, module_path)
        program = self._programs.get(path)
        if program is None:
            program = self._programs[path] = self._checked(Program(self._modules, path))
        return ModuleScript(
            program,
            function_name or "service",
            result=result,
            pool=self.pool,
            sandbox=self._sandbox,
            limits=self._limits,
            seconds=self._limits.seconds if timeout is None else timeout,
            host=self._host,
        )

    def _checked(self, program: Program) -> Program:
        problems = [problem for path in program.sources for problem in self._problems(path, program.sources[path])]
        if problems:
            raise DescriptorError(problems)
        return program

    def _problems(self, path: str, source: str) -> list[Problem]:
        if path.endswith(".json"):
            return json_problems(path, source)
        try:
            found = self._sandbox.check(source)
        except BrokenError as broken:
            return refused("descriptor.script", f"the module cannot be compiled: {broken}", path).problems
        return unloadable(found, path, source).problems if found else []
