"""The folder in which the processes of a node find the hub that their parent keeps, and say that they need it."""

import os
from pathlib import Path
from typing import Any

import msgspec

from airdock.connectors.errors import unavailable

HUB = "the message hub"


class Running(msgspec.Struct):
    """The hub that runs: where, what it asks for, its process and the one that keeps it."""

    url: str
    token: str
    pid: int
    parent: int

    def __repr__(self) -> str:
        return f"Running({self.url!r})"


class HubHome:
    """`hub` in the home folder.

    Attributes:
        folder: The folder. file: Says where the hub is, for its owner's eyes. wanted: Is there when it is needed.
        lock: Held by the server of the hub; two on one folder would destroy what it keeps.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / "hub"
        self.file = self.folder / "hub.json"
        self.wanted = self.folder / "wanted"
        self.lock = self.folder / "lock"

    def want(self) -> None:
        """Has the hub started, if it does not run. It never fails: who needs the hub will see."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.wanted.touch()
        except OSError:
            pass

    def running(self) -> Running | None:
        """The hub that runs, or ran until a moment ago."""
        try:
            return msgspec.json.decode(self.file.read_bytes(), type=Running)
        except (OSError, msgspec.DecodeError):
            return None

    def announce(self, running: Running) -> None:
        """Says where the hub is."""
        fresh = self.folder / ".hub.json"
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(msgspec.json.encode(running))
        fresh.replace(self.file)

    def options(self) -> dict[str, Any]:
        """What a connection to the hub is made with.

        Raises:
            FlowError: `connector.unavailable`, it does not run yet.
        """
        self.want()
        running = self.running()
        if running is None:
            raise unavailable(HUB, "it is not up yet")
        return {"servers": [running.url], "token": running.token, "name": "airdock"}
