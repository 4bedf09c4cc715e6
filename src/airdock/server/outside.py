"""What a process may reach outside, by the settings of the installation."""

import os
from pathlib import Path

from airdock.connectors.folders import AllowedFolders
from airdock.connectors.hub.home import HubHome
from airdock.connectors.hub.hub import Hub
from airdock.connectors.hub.jetstream import JetStreamHub, Keeping
from airdock.connectors.links import Links
from airdock.engine.clock import LoopClock
from airdock.server.settings import Settings


def make_links(settings: Settings) -> Links:
    """The connections of a process, within what the settings let them reach."""
    more = (Path(folder) for folder in settings.data_folders.split(os.pathsep) if folder.strip())
    folders = AllowedFolders([settings.home / "data", *more])
    return Links(LoopClock(), settings.network, folders=folders, hub=make_hub(settings))


def make_hub(settings: Settings) -> Hub:
    """The message hub: that of the home folder, which the parent of all processes keeps, or that of `hub_url`."""
    keeping = Keeping(settings.hub_age, settings.hub_size, settings.hub_replicas)
    if settings.hub_url:
        servers = [url.strip() for url in settings.hub_url.split(",") if url.strip()]
        return JetStreamHub(lambda: {"servers": servers, "name": "airdock"}, keeping=keeping)
    home = HubHome(settings.home)
    return JetStreamHub(home.options, home.want, keeping)
