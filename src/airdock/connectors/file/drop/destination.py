"""Where files go that were worked off."""

import uuid
from typing import Any

from airdock.connectors.file.drop.facts import seen_as
from airdock.connectors.file.paths import Files, inner
from airdock.errors import FlowError
from airdock.expressions import Template


class Destination:
    """A folder for files, each below it where it was below the folder that is listened to."""

    def __init__(self, written: Template, folder: str) -> None:
        """
        Args:
            written: The path of the folder, within the one that is listened to; with a slash at its beginning within
                the connection's.
            folder: The one that is listened to.
        """
        self._written = written
        self._folder = folder

    @property
    def fixed(self) -> str:
        """The folder in which all of these folders lie, by its path.

        Raises:
            FlowError: `connector.file.path`.
        """
        if self._written.constant:
            return self._placed(self._written.text(seen_as({})))
        first = self._written.parts[0] if self._written.parts else ""
        return self._placed(first.rpartition("/")[0] or "/" * first.startswith("/") if isinstance(first, str) else "")

    async def move(self, files: Files, facts: dict[str, Any]) -> str:
        """Moves a file there, and gives its path then. It takes the place of no other: where one has the same name,
        the time of its last change is put into its name.

        Raises:
            FlowError: it cannot be moved.
        """
        target = self._placed(self._written.text(seen_as(facts)))
        place = "/".join(part for part in (target, facts["folder"]) if part)
        return await move_beside(files, facts["path"], place, facts)

    def _placed(self, written: str) -> str:
        if written.startswith("/"):
            return inner(written)
        return "/".join(part for part in (self._folder, inner(written)) if part)


async def move_beside(files: Files, path: str, place: str, facts: dict[str, Any]) -> str:
    """Moves a file to a folder, in which it takes the place of no other, and gives its path then.

    Args:
        facts: Its name there, and the time that is put into it where that is taken.
    """
    start, dot, end = facts["name"].rpartition(".")
    start, end = (start, f"{dot}{end}") if start else (facts["name"], "")
    time = "".join(letter for letter in facts["modified"] if letter.isalnum())
    for name in (f"{start}{end}", f"{start}.{time}{end}"):
        try:
            return await _moved(files, path, f"{place}/{name}")
        except FlowError as error:
            if error.code != "connector.file.exists":
                raise
    return await _moved(files, path, f"{place}/{start}.{time}.{uuid.uuid4().hex[:8]}{end}")


async def _moved(files: Files, path: str, to: str) -> str:
    to = inner(to)
    await files.move(path, to, overwrite=False)
    return to
