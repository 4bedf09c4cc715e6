"""Brokers at one address."""

from typing import Any, ClassVar
from urllib.parse import urlsplit

from airdock.connectors.broker.connection import BrokerConnection
from airdock.connectors.broker.tls import BrokerTls


class AddressedBroker(BrokerConnection):
    """A broker at one address, whose scheme says whether the connection is encrypted.

    Attributes:
        plain, encrypted: A scheme each, and the port where the address names none. url, tls: Fields of each type.
    """

    plain: ClassVar[tuple[str, int]]
    encrypted: ClassVar[tuple[str, int]]
    url: str
    tls: BrokerTls | None

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        try:
            urlsplit(element.url).port  # noqa: B018 -- it raises where there is none
        except ValueError:
            return [("url", "the port must be a number up to 65535")]
        if element.tls is not None and not element.secure:
            return [("tls", f"`tls` belongs to an address with `{cls.encrypted[0]}://`")]
        return []

    @property
    def secure(self) -> bool:
        """Whether the connection is encrypted."""
        return self.url.startswith(f"{self.encrypted[0]}:")

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        _, usual = self.encrypted if self.secure else self.plain
        return urlsplit(self.url).port or usual
