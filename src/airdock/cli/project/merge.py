"""Three-way merges: what changed on two sides since a common base, put together."""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

MARKER = b"<<<<<<< "
"""What a line begins with where a conflict was left in a file."""


class Names(NamedTuple):
    """How the sides are named in the markers of a conflict."""

    mine: str
    theirs: str


class Merged(NamedTuple):
    """What a merge of projects found.

    Attributes:
        taken: What must be written to the folder; None: the file must go.
        conflicts: Paths that both sides changed so that a person must decide, and how they stand now.
    """

    taken: dict[str, bytes | None]
    conflicts: dict[str, str]


def merge(base: Mapping[str, bytes], mine: Mapping[str, bytes], theirs: Mapping[str, bytes], names: Names) -> Merged:
    """Merges file by file, and line by line where both sides changed a file."""
    taken: dict[str, bytes | None] = {}
    conflicts: dict[str, str] = {}
    for path in sorted(base.keys() | mine.keys() | theirs.keys()):
        before, here, there = base.get(path), mine.get(path), theirs.get(path)
        if here == there or there == before:
            continue
        if here == before:
            taken[path] = there
        elif here is None or there is None:
            taken |= {path: there} if here is None else {}
            conflicts[path] = (
                f"removed by {names.mine if here is None else names.theirs}, changed by the other; it is kept"
            )
        else:
            content, conflict = _merge_file(before or b"", here, there, names)
            if content is not None:
                taken[path] = content
            if conflict:
                conflicts[path] = conflict
    return Merged(taken, conflicts)


def has_markers(content: bytes) -> bool:
    """Whether a conflict is left in a file."""
    return content.startswith(MARKER) or b"\n" + MARKER in content


def _merge_file(base: bytes, mine: bytes, theirs: bytes, names: Names) -> tuple[bytes | None, str]:
    """The merged content, None to keep what is here; and what conflicts, empty if nothing does."""
    if any(b"\0" in content for content in (base, mine, theirs)):
        return None, f"it is no text, and both changed it; that of {names.mine} is kept"
    program = shutil.which("git")
    if program is None:
        return _side_by_side(mine, theirs, names), "both changed it; without git, the whole file is the conflict"
    return _by_git(program, base, mine, theirs, names)


def _by_git(program: str, base: bytes, mine: bytes, theirs: bytes, names: Names) -> tuple[bytes | None, str]:
    with tempfile.TemporaryDirectory(prefix="airdock-") as folder:
        files = [Path(folder, name) for name in ("mine", "base", "theirs")]
        for file, content in zip(files, (mine, base, theirs), strict=True):
            file.write_bytes(content)
        labels = [word for label in (names.mine, "base", names.theirs) for word in ("-L", label)]
        command = [program, "merge-file", "-p", *labels, *map(str, files)]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 -- git, with files made here
    if done.returncode >= 128 or done.returncode < 0:
        return _side_by_side(mine, theirs, names), "both changed it, and git could not merge it"
    count = done.returncode
    return done.stdout, f"{count} conflict{'' if count == 1 else 's'}" if count else ""


def _side_by_side(mine: bytes, theirs: bytes, names: Names) -> bytes:
    return b"".join(
        (
            MARKER + names.mine.encode() + b"\n",
            _with_line_end(mine),
            b"=======\n",
            _with_line_end(theirs),
            b">>>>>>> " + names.theirs.encode() + b"\n",
        )
    )


def _with_line_end(content: bytes) -> bytes:
    return content if not content or content.endswith(b"\n") else content + b"\n"
