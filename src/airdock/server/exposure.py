"""Where a server may listen: beyond this machine only when somebody can be asked to sign in."""

import socket
from collections.abc import Callable
from ipaddress import ip_address

from airdock.errors import AirdockError
from airdock.server.settings import Settings

MAKE_ONE = "airdock users add NAME --role administrator"
"""How the first administrator is made."""


class ExposureError(AirdockError):
    """The server must not listen there yet. `option` is the one that says where."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(message)
        self.option = option


def check_exposure(settings: Settings, has_administrator: Callable[[], bool]) -> None:
    """Refuses to listen on a network as long as the person at this machine may do everything without signing in.

    The flow port of a folder has nothing that a caller could change, and may listen anywhere.

    Raises:
        ExposureError: there is no administrator yet.
    """
    exposed = [option for option, host in _hosts(settings) if not is_this_machine(host)]
    if exposed and not has_administrator():
        what = "the management port" if exposed[0] == "--admin-host" else "the flow port"
        message = (
            f"{what} is not opened to a network before there is an administrator, as anybody could take the"
            f" installation: make one with `{MAKE_ONE}`, or leave {exposed[0]} out"
        )
        raise ExposureError(exposed[0], message)


def is_this_machine(host: str) -> bool:
    """Whether only programs of this machine reach what listens there; False for what is no address."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        return False
    return bool(found) and all(ip_address(str(address[0]).partition("%")[0]).is_loopback for *_, address in found)


def _hosts(settings: Settings) -> list[tuple[str, str]]:
    hosts = [] if settings.folder is not None else [("--host", settings.host)]
    if settings.management_port:
        hosts.append(("--admin-host", settings.management_host))
    return hosts
