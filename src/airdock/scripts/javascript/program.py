"""A module with everything that it requires, ready to be sent into a context."""

import re
from typing import Any, NamedTuple

import msgspec

from airdock.scripts.javascript.requires import candidates, literal_requires
from airdock.scripts.javascript.sources import BUILTIN, MESSAGING, builtin, prelude
from airdock.scripts.library import Modules, module_path, refused

SUFFIXES = (".js", ".json")
_FRAME = re.compile(r"<input>:(\d+)")
_FIRST_LINE = 200
"""Modules begin at line numbers behind those of the prelude: all of a context's code counts as one file."""


class Line(NamedTuple):
    """A line of a module."""

    module: str
    line: int

    def __str__(self) -> str:
        return f"{self.module.rpartition('/')[2]}, line {self.line}"


class Program:
    """The modules that a run of `entry` may need. It grows when a run requires one by a name that it computed.

    Attributes:
        entry: Path of the module that runs.
        text: The modules as JSON text, by path.
        absent: Paths that were required and are not there.
        calls_host: A module is there whose functions call the host.
    """

    def __init__(self, modules: Modules, entry: str) -> None:
        """
        Raises:
            DescriptorError: `descriptor.script`, a module is not UTF-8 or requires by a literal name what is not there.
        """
        self.entry = entry
        self.absent: list[str] = []
        self.sources: dict[str, str] = {}
        self._modules = modules
        self._starts: list[tuple[int, str]] = []
        self._table: dict[str, dict[str, Any]] = {}
        self._next_line = max(_FIRST_LINE, prelude().count("\n") + 1)
        self._collect(entry)
        self._encode()

    def add(self, name: str, path: str) -> bool:
        """Brings a module in that a run asked for; False when there is none (then it is noted as absent)."""
        if name in BUILTIN:
            self._add_builtin(name)
        else:
            try:
                found = self._find([path, f"{path}.js", f"{path}.json"])
            except ValueError:
                found = None
            if found is None:
                self.absent.append(path)
                return False
            self._collect(found)
        self._encode()
        return True

    def line(self, number: int) -> Line | None:
        """The module and line behind a line number of the context; None for code of the installation."""
        for start, path in reversed(self._starts):
            if number > start:
                inside = number <= start + self.sources[path].count("\n") + 1
                return Line(path, number - start) if inside else None
        return None

    def lines(self, stack: str) -> list[Line]:
        """The lines of modules in a stack trace, the innermost first."""
        return [line for match in _FRAME.finditer(stack) if (line := self.line(int(match[1]))) is not None]

    def _collect(self, entry: str) -> None:
        waiting = [entry]
        while waiting:
            path = waiting.pop()
            if path in self._table:
                continue
            source = self._read(path)
            self._place(path, source)
            if not path.endswith(".json"):
                waiting.extend(self._required(path, source))

    def _required(self, path: str, source: str) -> list[str]:
        found: list[str] = []
        for name, line in literal_requires(source):
            if name in BUILTIN:
                self._add_builtin(name)
                continue
            try:
                target = self._find(candidates(name, path))
            except ValueError as error:
                raise refused("descriptor.script", str(error), path, line) from None
            if target is None:
                hint = "a module's path begins with its project, or with ./"
                raise refused("descriptor.script", f"there is no module {name!r}", path, line, hint=hint)
            found.append(target)
        return found

    def _find(self, paths: list[str]) -> str | None:
        for path in paths:
            if path.endswith(SUFFIXES) and self._modules.read(module_path(path)) is not None:
                return path
        return None

    def _read(self, path: str) -> str:
        try:
            source = (self._modules.read(path) or b"").decode("utf-8-sig")
        except UnicodeDecodeError:
            raise refused("descriptor.script", "the module is not UTF-8 text", path) from None
        return "//" + source if source.startswith("#!") else source

    def _place(self, path: str, source: str) -> None:
        self.sources[path] = source
        self._starts.append((self._next_line, path))
        self._table[path] = {"source": source}
        if not path.endswith(".json"):
            self._table[path] |= {"line": self._next_line, "folder": path.rpartition("/")[0]}
        self._next_line += source.count("\n") + 1

    def _add_builtin(self, name: str) -> None:
        self._table[name] = builtin(name)

    def _encode(self) -> None:
        self.text = msgspec.json.encode(self._table).decode()
        self.calls_host = MESSAGING in self._table
