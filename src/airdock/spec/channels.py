"""What connections and listeners tell programs that exchange messages with them, in the words of AsyncAPI 3.0."""

from typing import Any, NamedTuple
from urllib.parse import urlsplit


class Endpoint(NamedTuple):
    """Where a connection goes.

    Attributes:
        protocol: As AsyncAPI calls it: `amqps`, `secure-mqtt`. version: Of the protocol.
        host: Host and port, without who signs in; empty where it is not told. path: What follows it.
    """

    protocol: str
    host: str = ""
    path: str = ""
    version: str = ""


class Heard(NamedTuple):
    """A topic, queue or the like that messages come from, or are sent to.

    Attributes:
        address: Its name or pattern; empty where it is not known beforehand.
        kind: `topic`, `queue`, `subject`, …: what of two with one name on one server keeps them apart.
        binding: Under which word AsyncAPI has the bindings; empty for none.
        channel: Bindings of the channel. operation: Bindings of what is done there.
        private: Further bindings of that, which are the listener's own business, such as its consumer group.
    """

    address: str
    kind: str = ""
    binding: str = ""
    channel: dict[str, Any] = {}
    operation: dict[str, Any] = {}
    private: dict[str, Any] = {}


def endpoint_of(url: str, protocol: str = "", **further: str) -> Endpoint:
    """The endpoint of an address, whose user, password and query are left out.

    Args:
        protocol: As AsyncAPI calls it; the address's scheme if left out. further: Other attributes of the endpoint.
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return Endpoint(protocol or parts.scheme, host, parts.path.rstrip("/"), **further)
