"""What a process may reach outside, by the settings of the installation."""

import os
from pathlib import Path

from airdock.connectors.folders import AllowedFolders
from airdock.connectors.links import Links
from airdock.engine.clock import LoopClock
from airdock.server.settings import Settings


def make_links(settings: Settings) -> Links:
    """The connections of a process, within what the settings let them reach."""
    more = (Path(folder) for folder in settings.data_folders.split(os.pathsep) if folder.strip())
    return Links(LoopClock(), settings.network, folders=AllowedFolders([settings.home / "data", *more]))
