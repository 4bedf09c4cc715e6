"""The names that the repository takes. Each is kept exactly as it was given, or refused.

What is taken can be written to a folder on Linux, macOS and Windows, packed into a zip archive, and be a part of an
address. Two names that one of these cannot tell apart do not stand side by side.
"""

import re
import unicodedata
from collections.abc import Iterable

from airdock.repository.errors import RepositoryError

LONGEST_PROJECT = 100
LONGEST_USER = 100
LONGEST_PART = 255
"""Of a path, in bytes of UTF-8: what common file systems take."""
LONGEST_PATH = 1000
"""In bytes of UTF-8."""

_PROJECT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_FORBIDDEN = frozenset('\\<>:"|?*')
_DEVICES = frozenset(
    (
        "con",
        "prn",
        "aux",
        "nul",
        "conin$",
        "conout$",
        *(f"{port}{n}" for port in ("com", "lpt") for n in "123456789¹²³"),
    )
)
_UNSEEN = ("Cc", "Cs", "Zl", "Zp")
"""Categories of characters: control characters, halves of a character, ends of lines and paragraphs."""
_DIRECTIONS = frozenset(map(chr, (0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""Characters that make a name look like another one."""


def check_project(name: str) -> None:
    """A project's name is the first part of its addresses.

    Raises:
        RepositoryError: `repository.name`, it cannot be one.
    """
    if not _PROJECT.fullmatch(name) or len(name) > LONGEST_PROJECT:
        reason = f"it has 1 to {LONGEST_PROJECT} letters and digits of ASCII, '_', '-' and '.', and no '.' in front"
        raise _refused("project", name, reason)
    if name.endswith("."):
        raise _refused("project", name, "it does not end with '.'")
    if _is_device(name):
        raise _refused("project", name, "Windows has a device of that name")


def check_user(name: str) -> None:
    """A user's name is a part of the addresses of the sandbox.

    Raises:
        RepositoryError: `repository.name`, it cannot be one.
    """
    reason = _flaw(name) or ("it has a '/'" if "/" in name else "")
    if not reason and len(name) > LONGEST_USER:
        reason = f"it is longer than {LONGEST_USER} characters"
    if reason:
        raise _refused("user", name, reason)


def check_path(path: str) -> None:
    """A file's path in its project: folders and the file's name with `/` between them.

    Raises:
        RepositoryError: `repository.name`, it cannot be one.
    """
    reason = next(filter(None, map(_flaw_of_part, path.split("/"))), "")
    if not reason and len(path.encode()) > LONGEST_PATH:
        reason = f"it is longer than {LONGEST_PATH} bytes"
    if reason:
        raise _refused("path", path, reason)


def check_together(paths: Iterable[str]) -> None:
    """The paths of one project, each of which `check_path` takes.

    Raises:
        RepositoryError: `repository.name`, one is there twice, or differs from another one only in upper and lower case
            or in how a letter with an accent is composed, or is the folder of another one.
    """
    taken: dict[str, tuple[str, bool]] = {}
    for path in paths:
        for folder in _folders(path):
            spelling, is_file = taken.setdefault(folded(folder), (folder, False))
            if is_file:
                raise _refused("path", path, f"{shown(spelling)} is a file")
            if spelling != folder:
                raise _refused("path", path, f"some file systems cannot tell its folder from {shown(spelling)}")
        spelling, is_file = taken.setdefault(folded(path), (path, True))
        if not is_file:
            raise _refused("path", path, f"{shown(spelling)} is a folder")
        if spelling != path:
            raise _refused("path", path, f"some file systems cannot tell it from {shown(spelling)}")


def folded(name: str) -> str:
    """What two names share that some file systems cannot tell apart (Unicode's canonical caseless matching)."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


def shown(name: str) -> str:
    """A name of any kind in a message: in quotes, shortened, and with escapes for what cannot be seen."""
    return repr(name) if len(name) <= 100 else f"{name[:100]!r}…"


def _folders(path: str) -> Iterable[str]:
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)


def _flaw_of_part(part: str) -> str:
    if reason := _flaw(part):
        return reason
    if found := _FORBIDDEN.intersection(part):
        return f"{min(found)!r} cannot be in a file's name everywhere"
    if part[-1] == ".":
        return "Windows drops a '.' at the end of a name"
    if _is_device(part):
        return f"Windows has a device of the name {part.partition('.')[0].strip()!r}"
    if len(part.encode()) > LONGEST_PART:
        return f"a part of it is longer than {LONGEST_PART} bytes"
    return ""


def _flaw(part: str) -> str:
    """Why a text cannot be a part of any path; empty when it can."""
    if not part:
        return "a part of it is empty"
    if part in (".", ".."):
        return "'.' and '..' are no names"
    if not part.isprintable() or "\\" in part:
        for character in part:
            if character == "\\":
                return "it has a '\\'"
            if unicodedata.category(character) in _UNSEEN or character in _DIRECTIONS:
                return f"it has the character U+{ord(character):04X}, which cannot be seen"
    if part[0].isspace() or part[-1].isspace():
        return "it begins or ends with a space"
    return ""


def _is_device(part: str) -> bool:
    return part.partition(".")[0].rstrip().lower() in _DEVICES


def _refused(kind: str, name: str, reason: str) -> RepositoryError:
    return RepositoryError("repository.name", f"{shown(name)} cannot be the name of a {kind}: {reason}")
