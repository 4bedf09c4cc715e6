"""Step templates among the files of a registry."""

from collections.abc import Callable

from airdock.agent.source import UnreadableFileError


class Templates:
    """Gives the reader of descriptors the templates that these name.

    Args:
        read: What a file at a registry path holds; None when there is none. shown: A file as its author knows it.
        meant: What a path that is not there was meant to be. note: Told each path that is asked for.
    """

    def __init__(
        self,
        read: Callable[[str], bytes | None],
        shown: Callable[[str], str],
        meant: Callable[[str], str] = lambda path: "",
        note: Callable[[str], None] = lambda path: None,
    ) -> None:
        self._read = read
        self._shown = shown
        self.meant = meant
        self._note = note

    def content(self, path: str) -> tuple[bytes, str] | None:
        self._note(path)
        try:
            found = self._read(path)
        except UnreadableFileError:
            # Told of that file itself.
            return None
        return None if found is None else (found, self._shown(path))
