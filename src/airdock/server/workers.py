"""What runs in the processes of a server, named here so that their parent need not import it."""

from typing import Any

from airdock.server.kept_process import Occasion
from airdock.server.settings import Settings


def create_rsgi(settings: Settings, triggered: Occasion) -> Any:
    """The application of a flow worker: `airdock.server.worker.create_rsgi`."""
    from airdock.server import worker

    return worker.create_rsgi(settings, triggered)


def serve_management(settings: Settings) -> None:
    """The process of the management port: `airdock.server.management.serve.serve_management`."""
    from airdock.server.management import serve

    serve.serve_management(settings)


def serve_triggers(settings: Settings) -> None:
    """The process of jobs and listeners: `airdock.server.trigger_process.serve_triggers`."""
    from airdock.server import trigger_process

    trigger_process.serve_triggers(settings)
