"""Whom a connection to a server trusts."""

import ssl

from airdock.errors import FlowError
from airdock.spec.connection import Opening


def trusting(ca: str, opening: Opening) -> ssl.SSLContext:
    """A context that checks certificates by those of a file of the registry; by those of the system without one.

    Raises:
        FlowError: `connector.failed`, the file holds no certificates.
    """
    if not ca:
        return ssl.create_default_context()
    try:
        # Without any content the system's own would be taken.
        return ssl.create_default_context(cadata=(opening.file(ca) or b" ").decode())
    except (ssl.SSLError, ValueError) as error:
        raise FlowError("connector.failed", f"/{ca} holds no certificates in PEM ({error})") from error
