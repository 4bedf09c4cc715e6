"""Imports of script modules: each state of the registry is a package of its own, read through `Modules` alone.

The module `routing/endpoint.py` of the third state is `airdock_scripts_3.routing.endpoint`, so that `from . import x`
and `from ..other import y` reach its siblings of the same state, and runs that began with an older one go on.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import itertools
import linecache
import sys
import types
import weakref
from collections import deque
from collections.abc import Sequence

from airdock.scripts.library import Modules

_PREFIX = "airdock_scripts_"
_DOT = "\u2024"
"""Stands for a dot in a folder's or file's name, where Python would read the start of a sub-module."""

_numbers = itertools.count(1)
_ended: deque[str] = deque()
"""Roots of generations that nobody holds any more. Their modules go when the next one begins: this is noted by the
garbage collector, which may run while other code goes through `sys.modules`."""
_generations: "weakref.WeakValueDictionary[str, Generation]" = weakref.WeakValueDictionary()


class Generation:
    """The modules of one state of the registry, each run once. What it imported goes when nobody holds it."""

    def __init__(self, modules: Modules) -> None:
        _forget_ended()
        self.modules = modules
        self.root = f"{_PREFIX}{next(_numbers)}"
        self.folders: set[str] = {""}
        _generations[self.root] = self
        weakref.finalize(self, _ended.append, self.root).atexit = False

    def load(self, path: str) -> types.ModuleType:
        """The module of a path, run if it was not yet; raises whatever it raises.

        Folders on its way are packages, with or without an `__init__.py`; others need one.
        """
        folders = path.split("/")[:-1]
        self.folders.update("/".join(folders[: index + 1]) for index in range(len(folders)))
        stem = path.removesuffix(".py").replace(".", _DOT).replace("/", ".")
        return importlib.import_module(f"{self.root}.{stem}")

    def find(self, name: str) -> tuple[str, bytes | None, bool] | None:
        """File, content and whether it is a package, of a module by its full name; None when there is none."""
        path = name[len(self.root) + 1 :].replace(".", "/").replace(_DOT, ".")
        if not path:
            return self.root, None, True
        for file, package in ((f"{path}.py", False), (f"{path}/__init__.py", True)):
            content = self.modules.read(file)
            if content is not None:
                return file, content, package
        return (path, None, True) if path in self.folders else None


def author_file(name: str | None) -> bool:
    """Whether a module of this name is a script of the registry."""
    return name is not None and name.startswith(_PREFIX)


class _Finder(importlib.abc.MetaPathFinder):
    """Answers for the packages of generations only; everything else is left to Python."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not fullname.startswith(_PREFIX):
            return None
        generation = _generations.get(fullname.partition(".")[0])
        found = generation.find(fullname) if generation is not None else None
        if found is None:
            return None
        file, content, package = found
        loader = _Loader(file, content)
        spec = importlib.machinery.ModuleSpec(fullname, loader, origin=file, is_package=package)
        spec.has_location = content is not None
        return spec


class _Loader(importlib.abc.Loader):
    """Runs the source of one module. It holds no generation, as `sys.modules` holds it."""

    def __init__(self, file: str, content: bytes | None) -> None:
        self._file = file
        self._content = content
        self.lines: tuple[int, None, list[str], str] | None = None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        if self._content is None:
            return
        code = compile(self._content, self._file, "exec", dont_inherit=True)
        lines = importlib.util.decode_source(self._content).splitlines(keepends=True)
        # Tracebacks show the author's lines; the newest state's, where several have the file.
        self.lines = linecache.cache[self._file] = (len(self._content), None, lines, self._file)
        exec(code, module.__dict__)  # noqa: S102 -- the project's own code is what this is for

    def forget_lines(self) -> None:
        if self.lines is not None and linecache.cache.get(self._file) is self.lines:
            del linecache.cache[self._file]


def _forget_ended() -> None:
    while _ended:
        root = _ended.popleft()
        for name in [name for name in list(sys.modules) if name == root or name.startswith(f"{root}.")]:
            loader = getattr(sys.modules.pop(name, None), "__loader__", None)
            if isinstance(loader, _Loader):
                loader.forget_lines()


sys.meta_path.append(_Finder())
