"""The revision that a folder has in git."""

import shutil
import subprocess
from pathlib import Path

from airdock.cli.project.state import NAME

DIRTY = "-dirty"
"""What stands behind the revision of a folder that holds something else than was committed."""


def revision_of(folder: Path) -> str:
    """The commit that is checked out, with `-dirty` behind it where the folder differs; empty outside of git."""
    program = shutil.which("git")
    if program is None:
        return ""
    head = _git(program, folder, "rev-parse", "--verify", "--quiet", "HEAD")
    if not head:
        return ""
    changed = _git(program, folder, "status", "--porcelain", "--", ".", f":(exclude,glob)**/{NAME}")
    return head + DIRTY if changed else head


def _git(program: str, folder: Path, *arguments: str) -> str:
    command = [program, "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- git, with fixed words
    return done.stdout.strip() if done.returncode == 0 else ""
