"""Where script modules come from, and how their paths are written."""

import difflib
from collections.abc import Iterable
from typing import Protocol

from airdock.errors import DescriptorError, Place, Problem


class Modules(Protocol):
    """The files of one state of the registry. A state never changes: a new one is another object.

    Attributes:
        version: Names the state, for people.
    """

    @property
    def version(self) -> str: ...

    def read(self, path: str) -> bytes | None:
        """What a file holds; None when there is none.

        Args:
            path: Normalised, relative, beginning with the project: `"project/lib.js"`. Folders that are not part of an
                address (`ScriptingServices` and so on) are the provider's business.

        Raises:
            ValueError: it is larger than the registry hands out.
        """


def module_path(text: str) -> str:
    """The normalised path of a module: `"/project/./lib.js"` is `"project/lib.js"`.

    Raises:
        ValueError: the path leaves the registry, or holds what no path may hold.
    """
    if "\\" in text or any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise ValueError(f"{text!r} is not a path of a module")
    parts: list[str] = []
    for part in text.split("/"):
        if part == "..":
            if not parts:
                raise ValueError(f"{text!r} leaves the registry")
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    if not parts:
        raise ValueError(f"{text!r} is not a path of a module")
    return "/".join(parts)


def read_entry(modules: Modules, path: str) -> tuple[str, bytes]:
    """The module that a step names: its normalised path and its content.

    Raises:
        DescriptorError: `descriptor.reference`, there is no such module; `descriptor.script`, it is too large.
    """
    try:
        normal = module_path(path)
    except ValueError as error:
        raise refused("descriptor.reference", str(error), path, hint="a path begins with the project") from None
    try:
        content = modules.read(normal)
    except ValueError as error:
        raise refused("descriptor.script", str(error), normal) from error
    if content is None:
        raise refused("descriptor.reference", f"there is no module {normal!r}", normal)
    return normal, content


def refused(code: str, message: str, file: str, line: int = 0, column: int = 0, hint: str = "") -> DescriptorError:
    """A module that cannot be used, as the error that the step's compiler reports."""
    return DescriptorError([Problem(code, message, Place(file, line, column), hint)])


def nearest(word: str, words: Iterable[str]) -> str:
    """`"did you mean 'x'?"` for the nearest of the words; empty when none is near."""
    found = difflib.get_close_matches(word, list(words), n=1)
    return f"did you mean {found[0]!r}?" if found else ""
