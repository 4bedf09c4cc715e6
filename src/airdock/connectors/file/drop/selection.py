"""Which files of a folder a listener is meant to take."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import translate

from airdock.connectors.file.paths import Files, Found, inner
from airdock.errors import FlowError

MOST = 100_000
"""So many files and folders are looked at; what is beyond has its turn when these are gone."""

Matches = Callable[[str, str], bool]
"""Whether a name, or a path within the folder, is meant."""


@dataclass
class Look:
    """What a look at the folder saw.

    Attributes:
        files: Those that are meant. unmarked: Paths of those that nothing says are whole.
        refused: Paths of those that no message can tell of. whole: That is all there is.
    """

    files: list[Found] = field(default_factory=list)
    unmarked: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    whole: bool = True


class Selection:
    """Files below a folder by their names. Those whose names begin with a dot are passed over, and such folders.

    Attributes:
        folder: The folder. recursive: Files of the folders inside are meant, too.
    """

    def __init__(
        self, folder: str, *, recursive: bool, include: list[str], exclude: list[str], without: Iterable[str]
    ) -> None:
        """
        Args:
            include, exclude: Globs of names, or, where they have a slash, of paths within the folder.
            without: Folders that are passed over, by their paths.
        """
        self.folder = folder
        self.recursive = recursive
        self._include = _matcher(include)
        self._exclude = _matcher(exclude)
        self._without = frozenset(without)

    async def look(self, files: Files, marker: Callable[[Found], str] | None = None) -> Look:
        """All that is there now.

        Args:
            marker: Gives the name of the file beside it that says that a file is whole; None: all are.

        Raises:
            FlowError: what `Files.scan` raises; folders that go meanwhile are no error.
        """
        seen = Look()
        waiting, room = [self.folder], MOST
        while waiting and room > 0:
            folder = waiting.pop()
            try:
                scan = await files.scan(folder, room)
            except FlowError as error:
                if folder == self.folder or error.code != "connector.file.missing":
                    raise
                continue
            room -= len(scan.files) + len(scan.folders)
            self._take(scan.files, seen, marker)
            if self.recursive:
                waiting += [each for each in scan.folders if self._enters(each, seen)]
            seen.whole = seen.whole and scan.whole
        seen.whole = seen.whole and not waiting
        return seen

    def _take(self, found: list[Found], seen: Look, marker: Callable[[Found], str] | None) -> None:
        meant = [each for each in found if self._meant(each.path)]
        seen.refused += [each.path for each in meant if not _is_sound(each.path)]
        sound = [each for each in meant if _is_sound(each.path)]
        if marker is not None:
            names = {_name(each) for each in found}
            markers = {each.path: marker(each) for each in sound}
            those = set(markers.values())
            sound = [each for each in sound if _name(each) not in those]
            seen.unmarked.update(each.path for each in sound if markers[each.path] not in names)
        seen.files += sound

    def _enters(self, folder: str, seen: Look) -> bool:
        if folder in self._without or folder.rpartition("/")[2].startswith("."):
            return False
        if not _is_sound(folder):
            seen.refused.append(folder)
            return False
        return True

    def _meant(self, path: str) -> bool:
        within = path[len(self.folder) + 1 :] if self.folder else path
        name = path.rpartition("/")[2]
        return not name.startswith(".") and self._include(name, within) and not self._exclude(name, within)


def _name(found: Found) -> str:
    return found.path.rpartition("/")[2]


def _matcher(globs: list[str]) -> Matches:
    names = [glob for glob in globs if "/" not in glob]
    paths = [glob for glob in globs if "/" in glob]
    name, path = (re.compile("|".join(translate(each) for each in some) or r"(?!)") for some in (names, paths))
    return lambda written, within: bool(name.match(written) or path.match(within))


def _is_sound(path: str) -> bool:
    """Whether a path can be told in a message and means the same file when it comes back."""
    try:
        path.encode()
        return inner(path) == path
    except (UnicodeError, FlowError):
        return False
