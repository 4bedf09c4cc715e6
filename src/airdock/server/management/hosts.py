"""Who may ask the management port: programs and browsers of this machine, by a name of this machine.

Where it listens on a network or has a public address, also by that one. A page from elsewhere whose own name was made
to point to this machine (DNS rebinding) sends that name as `Host`, and a request that a foreign page makes carries its
`Origin`; both are refused.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

_NAMES = frozenset({"localhost"})


def is_local(host: str) -> bool:
    """Whether a `Host` header, port included, names this machine itself."""
    if "@" in host or "/" in host:
        return False
    try:
        parts = urlsplit(f"//{host}")
        name, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return name in _NAMES or name.endswith(".localhost") or is_loopback(name)


def is_local_origin(origin: str) -> bool:
    """Whether an `Origin` header names a page of this machine."""
    scheme, separator, host = origin.partition("://")
    return bool(separator) and scheme in ("http", "https") and is_local(host)


def is_loopback(name: str) -> bool:
    """Whether it is an address of this machine itself."""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


class Names:
    """The names that the management port answers to, and the pages that may ask it.

    Args:
        public_url: The address that browsers have, behind a proxy; empty for none.
        any_host: Whether it listens on a network, where it has names that nobody told it. Nobody is let in there
            without signing in, and a browser does not send the cookie of one name to another, so that a name that was
            made to point here gains nothing.
    """

    def __init__(self, public_url: str = "", *, any_host: bool = False) -> None:
        parts = urlsplit(public_url)
        self._public_host = parts.netloc.lower()
        self._public_origin = f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""
        self._any_host = any_host

    def takes_host(self, host: str) -> bool:
        """Whether a `Host` header names this server."""
        return is_local(host) or self._any_host or (bool(host) and host.lower() == self._public_host)

    def takes_origin(self, origin: str, host: str) -> bool:
        """Whether a page of this `Origin` may ask; `host` is the name that it asks by, which was taken."""
        if is_local_origin(origin) or origin.lower() == self._public_origin:
            return True
        scheme, _, name = origin.lower().partition("://")
        return scheme in ("http", "https") and name == host.lower()
