"""Loads script modules for the flows of a project, and keeps the threads that all projects share."""

from collections.abc import Iterable
from itertools import count

import msgspec

from airdock.agent.content import Read
from airdock.errors import DescriptorError, Problem
from airdock.exchange import Step
from airdock.scripts.javascript import JavaScriptLimits, JavaScriptScripts
from airdock.scripts.javascript.host import Host
from airdock.scripts.pool import WorkerPool
from airdock.scripts.python import PythonScripts
from airdock.spec.step import ProducingStep

JAVASCRIPT_QUEUE = 1000


class ScriptLimits(msgspec.Struct, frozen=True):
    """What scripts may use in one process.

    Attributes:
        seconds: Longest run of a JavaScript module whose step has no `timeout`. memory: Its bytes at most.
        javascript_workers: JavaScript modules that run at once; more wait.
        python_workers: Plain Python functions that run at once; more wait.
    """

    seconds: float = 10.0
    memory: int = 64 * 1024**2
    javascript_workers: int = 4
    python_workers: int = 40


class ScriptLoader:
    """Makes one generation of scripts after the other. Cheap to make; starts no thread before a run."""

    def __init__(self, limits: ScriptLimits | None = None, pool: type[WorkerPool] = WorkerPool) -> None:
        """`pool` makes the threads."""
        self._limits = limits or ScriptLimits()
        self._javascript = pool("airdock-javascript", self._limits.javascript_workers, queue=JAVASCRIPT_QUEUE)
        self._python = pool("airdock-python", self._limits.python_workers, stops=True)
        self._versions = count(1)

    def generation(self, read: Read, host: Host | None = None) -> "ScriptGeneration":
        """The scripts of one project as they are now; runs that began with others end with those.

        `host`: answers what JavaScript modules ask of the installation.
        """
        modules = LoadedModules(str(next(self._versions)), read)
        limits = JavaScriptLimits(seconds=self._limits.seconds, memory=self._limits.memory)
        return ScriptGeneration(
            modules,
            PythonScripts(modules, pool=self._python),
            JavaScriptScripts(modules, pool=self._javascript, limits=limits, host=host),
        )


class LoadedModules:
    """The modules of one generation: each is read once, when something first asks for it."""

    def __init__(self, version: str, read: Read) -> None:
        self.version = version
        self._source = read
        self._contents: dict[str, bytes | None] = {}

    def read(self, path: str) -> bytes | None:
        if path not in self._contents:
            self._contents[path] = self._source(path)
        return self._contents[path]

    def depends_on(self, paths: Iterable[str]) -> bool:
        """Whether one of these was read, or looked for in vain."""
        return any(path in self._contents for path in paths)

    def advance(self, read: Read) -> None:
        """Reads what was not read yet from a later state, in which nothing that was read has changed."""
        self._source = read


class ScriptGeneration:
    """Loads the modules that the flows of one project use. Flows of one generation share what modules keep."""

    def __init__(self, modules: LoadedModules, python: PythonScripts, javascript: JavaScriptScripts) -> None:
        self.modules = modules
        self._python = python
        self._javascript = javascript

    def read(self, path: str) -> bytes | None:
        """What a file that the flows use beside the scripts holds; None when there is none."""
        return self.modules.read(path)

    def load(self, language: str, module: str, function: str, step: ProducingStep) -> Step:
        """The script as a step.

        Raises:
            DescriptorError: `descriptor.reference` at the step, or `descriptor.script` at the module's line.
        """
        try:
            if language == "javascript":
                return self._javascript.load(module, function, result=step.store(), timeout=step.timeout)
            return self._python.load(module, function, result=step.store())
        except DescriptorError as error:
            raise DescriptorError([_at_step(problem, step) for problem in error.problems]) from error


def _at_step(problem: Problem, step: ProducingStep) -> Problem:
    """A module that is not there is a mistake of the step that names it."""
    if problem.code != "descriptor.reference":
        return problem
    return Problem(problem.code, problem.message, step.place_of("module"), problem.hint)
