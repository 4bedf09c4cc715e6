"""Where connections may keep files: a folder of the home folder, and those that the installation allows."""

from collections.abc import Iterable
from pathlib import Path

from airdock.errors import FlowError


class AllowedFolders:
    """Folders that connections may reach. Relative paths begin in the first of them."""

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        self.folders = tuple(Path(folder).absolute() for folder in folders)

    def inside(self, path: str) -> Path:
        """Where a file lies, links followed.

        Raises:
            FlowError: `connector.folder`, it is in none of the folders.
        """
        if "\0" in path or not self.folders:
            raise _outside(path)
        found = (self.folders[0] / path).resolve()
        if not any(found.is_relative_to(folder.resolve()) for folder in self.folders):
            raise _outside(path)
        return found


def _outside(path: str) -> FlowError:
    return FlowError("connector.folder", f"{path[:200]!r} is in no folder that connections may reach")


NOWHERE = AllowedFolders()
"""No folder at all."""
