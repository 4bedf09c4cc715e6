"""What is wrong in a file, gathered while it is read."""

from airdock.errors import DescriptorError, Place, Problem

MOST = 1000
"""More problems than these are not listed; nobody reads them, and looking for near words takes time."""


class Unreadable(Exception):  # noqa: N818 -- it ends the reading of a file; its problem is in `Problems` already
    """Nothing further can be read from the file."""


class Problems:
    """Gathers problems."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, code: str, message: str, place: Place, hint: str = "") -> None:
        """Notes a problem.

        Raises:
            Unreadable: so many have been found that looking for more is no use.
        """
        self.note(Problem(code, message, place, hint))

    def note(self, problem: Problem) -> None:
        """The same for a problem that is made already."""
        place = problem.place
        self._found.append(problem)
        if len(self._found) >= MOST:
            rest = f"more than {MOST:,} problems; the rest is not listed"
            self._found.append(Problem("descriptor.tooLarge", rest, place))
            raise Unreadable

    def add_duplicate(self, name: str, place: Place, first: tuple[int, int]) -> None:
        """Notes a name that stood in its object before, at the line and column `first`."""
        hint = f"first at {first[0]}:{first[1]}"
        self.add("descriptor.duplicate", f"{shown(name)} stands twice in this object", place, hint)

    def forget(self, mark: int) -> list[Problem]:
        """Takes back everything that was noted since there were `mark` problems, and gives it."""
        gone = self._found[mark:]
        del self._found[mark:]
        return gone

    def error(self) -> DescriptorError:
        """The error with everything that was found, in file order."""
        return DescriptorError(sorted(self._found, key=lambda problem: (problem.place.line, problem.place.column)))


def shown(text: str, length: int = 60) -> str:
    """A text of the author's for a message: quoted, on one line, cut when it is long."""
    cut = text if len(text) <= length else text[: length - 1] + "…"
    return "'" + "".join(char if char.isprintable() else "\ufffd" for char in cut) + "'"
