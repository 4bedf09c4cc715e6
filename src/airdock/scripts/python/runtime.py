"""Loads Python modules and makes steps of their functions."""

import inspect
import threading
import types
from collections.abc import Callable
from typing import Any

from airdock.errors import DescriptorError
from airdock.scripts.library import Modules, nearest, read_entry, refused
from airdock.scripts.pool import WorkerPool
from airdock.scripts.python.failures import unloadable
from airdock.scripts.python.modules import Generation
from airdock.scripts.python.script import Script, coroutine_script, thread_script
from airdock.scripts.stopping import stop
from airdock.scripts.values import Result, drop

WORKERS = 40
LOAD_SECONDS = 10.0


class PythonScripts:
    """The Python modules of one state of the registry.

    Each module is run once, when a step that names it (or a module that imports it) is compiled.
    """

    def __init__(
        self,
        modules: Modules,
        *,
        pool: WorkerPool | None = None,
        workers: int = WORKERS,
        load_seconds: float = LOAD_SECONDS,
    ) -> None:
        """
        Args:
            modules: The files. A changed registry needs another `PythonScripts`.
            pool: Threads for plain functions, shared by all states; one of `workers` threads is made if left out.
            workers: Size of the pool that is made.
            load_seconds: Longest time that a module's top level may take.
        """
        self.pool = pool or WorkerPool("airdock-python", workers, stops=True)
        self._modules = modules
        self._generation = Generation(modules)
        self._load_seconds = load_seconds
        self._loaded: dict[str, types.ModuleType] = {}
        self._endless: set[str] = set()

    def load(self, module_path: str, function_name: str, *, result: Result = drop) -> Script:
        """A function of a module, ready to run.

        Args:
            module_path: `"project/prices.py"`; a slash before it is allowed.
            function_name: A callable at the module's top level.
            result: Gets the exchange and what the function returned, unless None.

        Raises:
            DescriptorError: `descriptor.reference` (no such module), or `descriptor.script` (it does not compile, its
                top level fails or takes too long, it lacks the function).
        """
        path, _ = read_entry(self._modules, module_path)
        function = _function(self._module(path), function_name, path)
        if _is_coroutine_function(function):
            return coroutine_script(function, path, self._generation, result)
        return thread_script(function, path, self._generation, result, self.pool)

    def _module(self, path: str) -> types.ModuleType:
        """The module, run once. One that did not end is not waited for again until the registry changes."""
        if path in self._endless:
            raise self._late(path)
        module = self._loaded.get(path)
        if module is None:
            module = self._loaded[path] = self._import(path)
        return module

    def _late(self, path: str) -> DescriptorError:
        late = f"the module's top level did not end within {self._load_seconds:g} s"
        return refused("descriptor.script", late, path)

    def _import(self, path: str) -> types.ModuleType:
        """Runs the module in a thread, so that one whose top level does not end holds nothing up for ever."""
        outcome: list[types.ModuleType | BaseException] = []

        def load() -> None:
            try:
                outcome.append(self._generation.load(path))
            except BaseException as error:  # noqa: BLE001 -- the author's code; handed over
                outcome.append(error)

        thread = threading.Thread(target=load, name="airdock-python-load", daemon=True)
        thread.start()
        thread.join(self._load_seconds)
        if not outcome:
            self._endless.add(path)
            stop(thread.ident or 0)
            raise self._late(path)
        loaded = outcome[0]
        if isinstance(loaded, BaseException):
            raise unloadable(loaded, path) from loaded
        return loaded


def _function(module: types.ModuleType, name: str, path: str) -> Callable[[Any], Any]:
    function = getattr(module, name, None)
    if callable(function):
        return function  # type: ignore[no-any-return]
    if function is not None:
        raise refused("descriptor.script", f"{name!r} is a {type(function).__name__}, not a function", path)
    names = [each for each, value in vars(module).items() if callable(value) and not each.startswith("_")]
    raise refused("descriptor.script", f"the module has no function {name!r}", path, hint=nearest(name, names))


def _is_coroutine_function(function: Callable[[Any], Any]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004
