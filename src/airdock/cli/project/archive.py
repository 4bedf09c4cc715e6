"""Projects as zip archives that a server sends."""

import io
from typing import TYPE_CHECKING, BinaryIO

from airdock.cli.project.files import Files
from airdock.cli.terminal import fail

if TYPE_CHECKING:
    from collections.abc import Callable

    from airdock.client.bodies import Progress


def fetched(fetch: "Callable[[BinaryIO, Progress | None], int]", what: str) -> Files:
    """The files of an archive that a client fetches. Ends the program with code 1 for one that cannot be read."""
    from airdock.cli.progress import shown_progress
    from airdock.repository import RepositoryError, read_zip

    target = io.BytesIO()
    with shown_progress(f"Fetching {what}") as progress:
        fetch(target, progress)
    try:
        return read_zip(target.getvalue())
    except RepositoryError as error:
        fail(f"{what}, as the server sent it: {error}")
