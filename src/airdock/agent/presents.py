"""What is in force now, for each project of the registry and of the sandboxes."""

from collections.abc import Callable, Mapping
from weakref import WeakValueDictionary

from airdock.engine.moment import Moment, Present
from airdock.exchange import Step

Releases = Callable[[str, str], int | None]
"""The release of a project of an owner's space."""


class Presents:
    """Hands out the present of each project. One stays as long as a flow of it does."""

    def __init__(self) -> None:
        self._presents: WeakValueDictionary[tuple[str, str, int | None], Present] = WeakValueDictionary()

    def of(self, owner: str, project: str, pinned: int | None = None) -> Present:
        """The present of a project: always the same one.

        Args:
            owner: Whose sandbox it is in; empty for the registry.
            pinned: A release to stay with, for a flow whose later versions cannot be used.
        """
        key = (owner, project, pinned)
        present = self._presents.get(key)
        if present is None:
            present = self._presents[key] = Present()
        return present

    def switch(self, flows: Mapping[str, Step], releases: Releases) -> None:
        """Runs that begin from now on take these flows and releases along."""
        for (owner, project, pinned), present in list(self._presents.items()):
            release = releases(owner, project) if pinned is None else pinned
            present.moment = Moment(release, flows)
