"""Ports: whether one is free, and which one is."""

import errno
import os
import socket

from airdock.errors import AirdockError


class PortError(AirdockError):
    """A port cannot be listened on. The message says why and what to do."""


def claim_port(host: str, port: int, option: str) -> int:
    """The port, once it is known that nobody listens on it; for 0, one that is free now.

    A server that shares its port among processes starts without complaint beside another program on the same port, and
    each gets a part of the requests. So this looks first.

    Args:
        host: The address to listen on. port: The port. option: The command's option that names another one.

    Raises:
        PortError: another program has the port, or the host is not an address of this machine.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # Only a listener counts as taken, not connections of an earlier server that linger.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            return int(probe.getsockname()[1])
    except OSError as error:
        raise PortError(_reason(error, host, port, option)) from None


def _reason(error: OSError, host: str, port: int, option: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use by another program: choose another with {option}"
    if error.errno == errno.EACCES:
        return f"port {port} needs rights that this user does not have: choose one above 1023 with {option}"
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return f"{host} is not an address of this machine: choose another with --host"
    return f"cannot listen on {host} port {port}: {os.strerror(error.errno) if error.errno else error}"


def url_of(host: str, port: int) -> str:
    """The address that a person on this machine can open."""
    local = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{local}:{port}"
