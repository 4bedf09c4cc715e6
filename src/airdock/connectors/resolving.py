"""The addresses of a host, as far as one may connect to them."""

import asyncio
import socket

from airdock.connectors.errors import unavailable
from airdock.errors import FlowError
from airdock.spec.connection import Network


async def resolved(name: str, host: str, port: int, network: Network) -> list[str]:
    """The IP addresses of a host to which the installation lets connections go; those must be used, not the host.

    Who asked for the name again could get another answer than the one that was checked.

    Raises:
        FlowError: `connector.unavailable`, the host is not known; `connector.network`, it is nowhere where one may go.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise unavailable(name, f"the host {host!r} is not known ({error})") from error
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    allowed = [address for address in addresses if network.allows(address)]
    if not allowed:
        message = f"{name} leads to {host}, {addresses[0]}: a private address that this installation does not allow"
        raise FlowError("connector.network", message)
    return allowed
