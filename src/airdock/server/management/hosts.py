"""Who may ask the management port: programs and browsers of this machine, by a name of this machine.

A page from elsewhere whose own name was made to point to this machine (DNS rebinding) sends that name as `Host`, and a
request that a foreign page makes carries its `Origin`; both are refused.
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
    return name in _NAMES or name.endswith(".localhost") or _is_loopback(name)


def is_local_origin(origin: str) -> bool:
    """Whether an `Origin` header names a page of this machine."""
    scheme, separator, host = origin.partition("://")
    return bool(separator) and scheme in ("http", "https") and is_local(host)


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
