"""What a service answers that does not open the stream, or the WebSocket, that a listener asked for."""

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.http.calls import Call, Received
from airdock.connectors.http.client import HttpClient
from airdock.connectors.http.retrying import status_error
from airdock.connectors.http.sockets import Socket, Upgraded
from airdock.errors import FlowError

_PASSING = (408, 425, 429)
"""Statuses that pass, beside 500 and greater."""


def status_trouble(name: str, method: str, url: str, received: Received, now: float) -> FlowError:
    """The error that a status is for a listener; `details.retryAfter` has the wait that the service asks for.

    It is `connector.refused`, `connector.unavailable`, or `connector.http.status` where waiting alone does not help.
    """
    error = status_error(method, url, received.status, received.headers, "", now)
    if received.status in (401, 403):
        made = refused(name, error.message)
    elif received.status >= 500 or received.status in _PASSING:
        made = unavailable(name, error.message)
    else:
        return error
    made.details = error.details
    return made


async def dial(client: HttpClient, call: Call, now: float) -> Socket:
    """A WebSocket that is open; whoever asked for it closes it.

    Raises:
        FlowError: what `HttpClient.begin` raises, and `status_trouble` makes.
    """
    received, url = await client.begin(call)
    if isinstance(received, Upgraded):
        return received.socket
    received.close()
    raise status_trouble(client.profile.name or url, call.method, url, received, now)
