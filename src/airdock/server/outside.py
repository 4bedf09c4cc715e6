"""What a process may reach outside, by the settings of the installation."""

import os
from pathlib import Path

from airdock.connectors.command.commands import Commands
from airdock.connectors.folders import AllowedFolders
from airdock.connectors.hub.home import HubHome
from airdock.connectors.hub.hub import Hub
from airdock.connectors.hub.jetstream import JetStreamHub, Keeping
from airdock.connectors.links import Links
from airdock.descriptor.commands import read_commands
from airdock.descriptor.overrides import Overrides
from airdock.engine.clock import LoopClock
from airdock.errors import AirdockError
from airdock.server.settings import Settings


def make_links(settings: Settings) -> Links:
    """The connections of a process, within what the settings let them reach.

    Raises:
        AirdockError: the file of commands cannot be read, or does not say it well.
    """
    more = (Path(folder) for folder in settings.data_folders.split(os.pathsep) if folder.strip())
    folders = AllowedFolders([settings.home / "data", *more])
    commands = make_commands(settings)
    return Links(
        LoopClock(),
        settings.network,
        folders=folders,
        hub=make_hub(settings),
        commands=commands,
        check_every=settings.connection_check,
    )


def make_commands(settings: Settings) -> Commands:
    """The programs that flows may run: those of the file of `commands`.

    Raises:
        AirdockError: it cannot be read, or does not say it well.
    """
    file = settings.commands
    if file is None:
        return Commands({})
    try:
        content = file.read_bytes()
    except OSError as error:
        raise AirdockError(f"commands: {file} cannot be read: {error.strerror}") from error
    return Commands(read_commands(content, str(file)))


def read_overrides(settings: Settings) -> Overrides:
    """What the installation says of connections.

    Raises:
        AirdockError: the file cannot be read, or does not say it well.
    """
    file = settings.connections
    if file is None:
        return Overrides()
    try:
        content = file.read_bytes()
    except OSError as error:
        raise AirdockError(f"connections: {file} cannot be read: {error.strerror}") from error
    return Overrides.read(content, str(file))


def make_hub(settings: Settings) -> Hub:
    """The message hub: that of the home folder, which the parent of all processes keeps, or that of `hub_url`."""
    keeping = Keeping(settings.hub_age, settings.hub_size, settings.hub_replicas)
    if settings.hub_url:
        servers = [url.strip() for url in settings.hub_url.split(",") if url.strip()]
        return JetStreamHub(lambda: {"servers": servers, "name": "airdock"}, keeping=keeping)
    home = HubHome(settings.home)
    return JetStreamHub(home.options, home.want, keeping)
