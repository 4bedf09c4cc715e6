"""The TCP connection of a caller, looked at from outside the server that has it.

granian takes whatever an application streams, also when the caller reads nothing of it, and holds it in memory. How
much a caller has not taken yet, only the system knows then: this finds the connection among the open files of the
process by the caller's address, and asks.
"""

import os
import socket
import stat
import sys
from array import array

_OPEN_FILES = "/proc/self/fd"
_TIOCOUTQ = 0x5411
_IDLE_SECONDS, _AGAIN_SECONDS, _TRIES = 30, 10, 3


class Peer:
    """The connection of a caller; where it cannot be found, nothing is known of it."""

    def __init__(self, host: str, port: int) -> None:
        self._peer = (host.removeprefix("::ffff:"), port)
        self._file = _found(self._peer)

    def unsent(self) -> int | None:
        """Bytes that the system has for the caller and that it has not confirmed; None where that cannot be told."""
        if self._file is None:
            return None
        try:
            # The number may be that of another file by now.
            if not _is(self._file, self._peer):
                return None
            import fcntl

            amount = array("i", [0])
            fcntl.ioctl(self._file, _TIOCOUTQ, amount)
            return amount[0]
        except OSError:
            return None

    def keep_alive(self) -> None:
        """Has the system find out when the other machine is gone without a word: after a minute, about."""
        if self._file is None:
            return
        try:
            with socket.socket(fileno=os.dup(self._file)) as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                for option, value in (
                    ("TCP_KEEPIDLE", _IDLE_SECONDS),
                    ("TCP_KEEPINTVL", _AGAIN_SECONDS),
                    ("TCP_KEEPCNT", _TRIES),
                ):
                    connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
        except OSError:
            return


def peer_of(client: str) -> Peer:
    """The connection of `192.168.7.20:4711`, or `[::1]:4711`."""
    host, _, port = client.rpartition(":")
    return Peer(host.strip("[]"), int(port) if port.isdigit() else 0)


def _found(peer: tuple[str, int]) -> int | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        names = os.listdir(_OPEN_FILES)
    except OSError:
        return None
    # The newest have the highest numbers, mostly.
    files = sorted((int(name) for name in names if name.isdigit()), reverse=True)
    return next((file for file in files if _is(file, peer)), None)


def _is(file: int, peer: tuple[str, int]) -> bool:
    try:
        if not stat.S_ISSOCK(os.fstat(file).st_mode):
            return False
        with socket.socket(fileno=os.dup(file)) as connection:
            name = connection.getpeername()
    except OSError:
        return False
    return isinstance(name, tuple) and (str(name[0]).removeprefix("::ffff:"), name[1]) == peer
