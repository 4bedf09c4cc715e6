"""Where a connection may go: addresses, taken apart strictly, and the origins that are allowed."""

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote, urljoin

from airdock.errors import FlowError

# Narrower than the standard on purpose: what two parsers could read in two ways is no address here.
_URL = re.compile(
    r"(https?)://([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?"
    r"(/[^?#\\\s\x00-\x1f\x7f]*)?(?:\?([^#\\\s\x00-\x1f\x7f]*))?(?:\#.*)?",
    re.IGNORECASE,
)
ORIGIN = r"https?://([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?"
ALLOWED = rf"({ORIGIN}|(\*\.)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(:[0-9]{{1,5}})?)"
"""What an entry of `allow` looks like."""

_PORTS = {"http": 80, "https": 443}
_SAFE = "/%:@!$&'()*+,;=~"


class Address(NamedTuple):
    """An address in its parts.

    Attributes:
        origin: Scheme, host and port, in lower case and without the scheme's own port. host: Without brackets.
        path: Begins with a slash, percent-encoded. query: Without its question mark.
    """

    origin: str
    host: str
    path: str
    query: str = ""

    @property
    def url(self) -> str:
        return f"{self.origin}{self.path}?{self.query}" if self.query else self.origin + self.path


def read_address(url: str) -> Address:
    """The parts of a full address; what stands behind `#` is left out.

    Raises:
        FlowError: `connector.http.address`, it is none, or has a user name.
    """
    found = _URL.fullmatch(url)
    if found is None:
        raise FlowError(
            "connector.http.address", f"no address of HTTP, such as https://api.example.com/x: {url!r:.100}"
        )
    scheme, host, port, path, query = found.groups()
    scheme, host = scheme.lower(), host.lower().rstrip(".")
    if port and int(port) > 65535:
        raise FlowError("connector.http.address", f"no port has the number {port}")
    origin = f"{scheme}://{host}"
    if port and int(port) != _PORTS[scheme]:
        origin += f":{int(port)}"
    return Address(origin, host.strip("[]"), quote(path or "/", safe=_SAFE), quote(query or "", safe=_SAFE + "?"))


def joined(base: str, location: str) -> Address:
    """Where a redirect leads; raises what `read_address` does."""
    try:
        return read_address(urljoin(base, location))
    except ValueError:
        raise FlowError("connector.http.address", f"a redirect to what is no address: {location!r:.100}") from None


class Reach:
    """The origins to which a connection may go.

    Attributes:
        own: That of the connection itself, the only one that gets its credentials; empty for none.
    """

    def __init__(self, own: str, allow: Iterable[str] = ()) -> None:
        """`allow` has origins and hosts, `*.example.com` for all beneath one; a host is meant with `https`."""
        self.own = own
        self._origins = {own} if own else set()
        self._beneath: list[tuple[str, str]] = []
        for entry in allow:
            if entry.startswith("*."):
                host, colon, port = entry[1:].partition(":")
                self._beneath.append((host.lower(), "" if port == "443" else colon + port))
            else:
                self._origins.add(read_address(entry if "://" in entry else f"https://{entry}").origin)

    def allows(self, origin: str) -> bool:
        """Whether an origin, as `Address` has it, is one of them."""
        if origin in self._origins:
            return True
        host = origin.removeprefix("https://")
        return host != origin and any(
            host.endswith(suffix + port) and len(host) > len(suffix + port) for suffix, port in self._beneath
        )

    def check(self, address: Address) -> None:
        """Raises FlowError `connector.http.notAllowed` where an address is outside."""
        if not self.allows(address.origin):
            message = f"{address.origin} is none of the hosts that the connection names in `url` and `allow`"
            raise FlowError("connector.http.notAllowed", message)
