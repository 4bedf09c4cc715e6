from typing import Any

from airdock.connectors.http.connection import HttpConnection, Proxy
from airdock.connectors.http.reach import ALLOWED, ORIGIN
from airdock.connectors.http.schemes import Auth
from airdock.connectors.http.tls import Tls
from airdock.spec.connection import Client, Connection, Opening, Secret
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import Boolean, Duration, ListOf, MapOf, Module, OneOf, Record, Size, Text

ADDRESS = rf"{ORIGIN}(/[^#\s\\]*)?"


class UserNameToken(Spec):
    """WS-Security: a user name and a password in the head of each message."""

    user: Any = field(
        OneOf((Text(), Record(Secret))),
        "The user name, or the secret that has it.",
        default=REQUIRED,
        example="airdock",
    )
    password: Secret = field(
        Record(Secret), "The secret that has the password.", default=REQUIRED, example={"secret": "crm-password"}
    )
    digest: bool = field(
        Boolean(), "The password is sent as a digest with a nonce and the time, not as text.", default=False
    )


class SoapConnection(Connection):
    """A SOAP service, 1.1 or 1.2, that a WSDL describes.

    The WSDL is a file of the project, with what it imports beside it, or is fetched from an address when the connection
    is opened; of a file, `airdock check` tells operations and arguments that do not fit. Messages go to the address
    that the WSDL names, unless `url` is given. A WSDL that was fetched may only name its own host, or one in `allow`.
    """

    type = "soap"
    requires = "soap"
    example = {
        "type": "soap",
        "wsdl": "/shop/prices.wsdl",
        "security": {"user": "airdock", "password": {"secret": "prices-password"}},
        "timeout": "10s",
    }

    wsdl: str = field(
        Module((".wsdl", ".xml")), "Path of the WSDL, a file of the project.", default="", example="/shop/prices.wsdl"
    )
    wsdl_url: str = field(
        Text(ADDRESS, "an address such as https://prices.example.com/service?wsdl"),
        "Address of the WSDL, in place of a file.",
        default="",
        example="https://prices.example.com/service?wsdl",
    )
    url: str = field(
        Text(ADDRESS, "an address such as https://prices.example.com/service"),
        "Address of the service; the one that the WSDL names if left out.",
        default="",
        example="https://prices.example.com/service",
    )
    service: str = field(
        Text(), "Which service of the WSDL; the first one if left out.", default="", example="PriceService"
    )
    port: str = field(Text(), "Which port of it; the first one if left out.", default="", example="PriceSoap12")
    security: UserNameToken | None = field(
        Record(UserNameToken),
        "Who calls, by WS-Security.",
        example={"user": "airdock", "password": {"secret": "prices-password"}},
    )
    auth: Auth | None = field(
        Record(Auth), "Who calls, by HTTP.", example={"type": "bearer", "token": {"secret": "prices-token"}}
    )
    headers: dict[str, Any] = field(
        MapOf(OneOf((Text(), Record(Secret)))),
        "HTTP headers of each call.",
        default={},
        example={"X-Client": "airdock"},
    )
    allow: list[str] = field(
        ListOf(Text(ALLOWED, "a host, *.example.com for all beneath one, or an origin such as http://localhost:9000")),
        "Further hosts that a WSDL which is fetched may name: for the service, and for what it imports.",
        default=[],
        example=["schemas.example.com"],
    )
    timeout: float = field(Duration(), "A call may take so long in all.", default=30.0, unit="s", example="10s")
    max_size: int = field(
        Size(), "The largest answer, and the largest WSDL.", default=10 * 1024**2, unit="bytes", example="10MB"
    )
    tls: Tls | None = field(Record(Tls), "How TLS is used.", example={"ca": "/shop/ca.pem"})
    proxy: Proxy | None = field(Record(Proxy), "A proxy.", example={"url": "http://proxy.example.com:3128"})

    async def connect(self, opening: Opening) -> Client:
        from airdock.connectors.soap.client import SoapClient

        return await SoapClient.opened(self, opening)

    def fake(self) -> Client:
        from airdock.connectors.soap.fake import FakeSoap

        return FakeSoap()

    def http(self, origin: str) -> HttpConnection:
        """What reaches an origin as this connection says."""
        return HttpConnection(
            url=origin,
            auth=self.auth,
            headers=self.headers,
            allow=self.allow,
            timeout=self.timeout,
            redirects=0,
            max_size=self.max_size,
            tls=self.tls,
            proxy=self.proxy,
        )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if bool(element.wsdl) == bool(element.wsdl_url):
            return [("", "give `wsdl` (a file of the project) or `wsdlUrl` (an address), one of the two")]
        return []
