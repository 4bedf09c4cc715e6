"""Where HTTP and its kin may go: public addresses, and the private ones that the installation allows."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network


class AllowedNetwork:
    """The public Internet, and some networks more.

    Raises:
        ValueError: a text is no network, such as `10.0.0.0/8`, and no address.
    """

    def __init__(self, private: Iterable[str] = ()) -> None:
        self._private: list[IPv4Network | IPv6Network] = [ip_network(each.strip(), strict=False) for each in private]

    def allows(self, address: str) -> bool:
        """Whether an IP address may be connected to. What is no address may not."""
        try:
            written = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        meant = _unwrapped(written)
        if meant.is_global and not meant.is_multicast:
            return True
        return any(
            each.version == network.version and each in network
            for each in (written, meant)
            for network in self._private
        )


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address inside an IPv6 one that stands for it: mapped, compatible, 6to4, Teredo, NAT64."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or address in _COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")

PUBLIC = AllowedNetwork()
"""Public addresses alone."""

LOOPBACK = ("127.0.0.0/8", "::1/128")
"""The networks of the machine itself."""
