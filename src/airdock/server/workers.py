"""What runs in the processes of a server, named here so that their parent need not import it."""

from typing import Any

from airdock.server.settings import Settings


def create_rsgi(settings: Settings) -> Any:
    """The application of a flow worker: `airdock.server.worker.create_rsgi`."""
    from airdock.server import worker

    return worker.create_rsgi(settings)


def serve_management(settings: Settings) -> None:
    """The process of the management port: `airdock.server.management.serve.serve_management`."""
    from airdock.server.management import serve

    serve.serve_management(settings)
