"""Addresses of servers: in one spelling, and safe to send a token to."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from airdock.client.errors import InsecureServerError

DEFAULT_SERVER = "http://127.0.0.1:8081"
"""The management port of a server on this machine that was told nothing else."""


def server_address(written: str) -> str:
    """The address of a server in one spelling: `http://127.0.0.1:8081`, or with a prefix `https://host/airdock`.

    `localhost:8081` is read as `http://localhost:8081`.

    Raises:
        ValueError: it is no address of a server; the message is a sentence.
    """
    text = written.strip()
    parts = urlsplit(text if "://" in text else f"http://{text}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{written!r} is not the address of a server, such as {DEFAULT_SERVER}")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError(f"the address {parts.scheme}://{parts.hostname} of a server has no user, no query and no `#`")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    # Its getter raises ValueError for what is no port.
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"


def is_loopback(address: str) -> bool:
    """Whether what is sent to an address never leaves this machine."""
    host = urlsplit(address).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_cleartext(address: str) -> None:
    """Looks at an address before a token or a password is sent there.

    Raises:
        InsecureServerError: it would be sent unencrypted over a network.
    """
    if address.startswith("http:") and not is_loopback(address):
        raise InsecureServerError(
            f"{address} would get the token unencrypted: use https, or insist if the network is trusted"
        )
