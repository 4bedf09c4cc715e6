"""The declaration of an HTTP connection."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from airdock.connectors.errors import missing
from airdock.connectors.http.auth import NAME, BasicAuth, Credentials, sendable
from airdock.connectors.http.caching.caching import Caching, cache_of
from airdock.connectors.http.calls import Carrier
from airdock.connectors.http.client import HttpClient, Profile
from airdock.connectors.http.reach import ALLOWED, ORIGIN, Reach, read_address
from airdock.connectors.http.retrying import Retrying
from airdock.connectors.http.schemes import Auth
from airdock.connectors.http.tls import Tls, contexts
from airdock.spec.channels import Endpoint, endpoint_of
from airdock.spec.connection import Connection, Opening, Secret
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import Boolean, Duration, Integer, ListOf, MapOf, Module, OneOf, Record, Size, Text
from airdock.spec.step import Retry

MAX_SIZE = 10 * 1024**2


class Proxy(Spec):
    """A proxy through which calls go."""

    url: str = field(
        Text(rf"{ORIGIN}/?", "an address such as http://proxy.example.com:3128"),
        "Its address.",
        default=REQUIRED,
        example="http://proxy.example.com:3128",
    )
    auth: BasicAuth | None = field(
        Record(BasicAuth), "Who calls.", example={"user": "airdock", "password": {"secret": "proxy-password"}}
    )


class HttpConnection(Connection):
    """A service that speaks HTTP.

    Steps name paths beneath `url`. A call goes to the origin (scheme, host, port) of `url` and to those in `allow`,
    also after redirects, and nowhere else. Whatever name it goes to, it connects to public addresses alone, unless the
    installation allows others (`private_networks`); the address that is looked at is the one that is connected to.

    `auth`, `headers` and a client certificate go to the origin of `url` and to no other.
    """

    type = "http"
    example = {
        "type": "http",
        "url": "https://api.example.com/v2",
        "auth": {"type": "bearer", "token": {"secret": "crm-token"}},
        "timeout": "10s",
        "allow": ["files.example.com"],
    }

    url: str = field(
        Text(rf"{ORIGIN}(/[^?#\s\\]*)?", "an address such as https://api.example.com/v2, without query"),
        "Its address, to which paths are added.",
        default=REQUIRED,
        example="https://api.example.com/v2",
    )
    openapi: str = field(
        Module((".json", ".yaml")),
        "Path of the service's OpenAPI document (3.0 or 3.1), a file of the project: steps may then name operations.",
        default="",
        example="/shop/crm.yaml",
    )
    auth: Auth | None = field(Record(Auth), "Who calls.", example={"type": "bearer", "token": {"secret": "crm-token"}})
    headers: dict[str, Any] = field(
        MapOf(OneOf((Text(), Record(Secret)))),
        "Headers of each call; a value may be that of a secret.",
        default={},
        example={"Accept-Language": "en"},
    )
    allow: list[str] = field(
        ListOf(Text(ALLOWED, "a host, *.example.com for all beneath one, or an origin such as http://localhost:9000")),
        "Further hosts to which calls and redirects may go; a host without scheme is meant with `https`.",
        default=[],
        example=["files.example.com", "*.cdn.example.com"],
    )
    timeout: float = field(Duration(), "A call may take so long in all.", default=30.0, unit="s", example="10s")
    retry: Retry | None = field(
        Record(Retry),
        "Calls of methods that may be repeated (GET, HEAD, OPTIONS, PUT, DELETE) are tried again; if `on` is left out,"
        " when the service is away, does not answer in time, or answers 429, 502, 503 or 504. A `Retry-After` is waited"
        " for, if it is not longer than `maxDelay`.",
        example={"attempts": 3, "delay": "500ms", "backoff": 2},
    )
    redirects: int = field(Integer(0, 20), "So many redirects are followed.", default=5)
    max_size: int = field(Size(), "The largest answer, unpacked.", default=MAX_SIZE, unit="bytes", example="10MB")
    pool: int = field(
        Integer(1, 10_000), "Connections of a process that are open at once; more calls wait.", default=100
    )
    http2: bool = field(
        Boolean(),
        "Whether calls to `https` addresses go by HTTP/2 where the service takes it, many at once on one connection."
        " Needs `airdock[http2]`.",
        default=False,
    )
    compression: bool = field(
        Boolean(), "Whether answers may be packed on their way (`gzip`, `deflate`).", default=True
    )
    cache: Any = field(
        OneOf((Boolean(), Record(Caching))),
        "Whether answers are kept and used again as they allow (RFC 9111): `true`, or how.",
        default=False,
        example=True,
    )
    health: str = field(
        Text(r"/[^?#\s\\]*", "a path such as /health"),
        "The path that is asked (GET) whether the service is there; `HEAD` of `url` if left out.",
        default="",
        example="/health",
    )
    tls: Tls | None = field(Record(Tls), "How TLS is used.", example={"ca": "/shop/ca.pem"})
    proxy: Proxy | None = field(Record(Proxy), "A proxy.", example={"url": "http://proxy.example.com:3128"})

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = broken_address(element)
        if element.http2 and element.proxy is not None and element.proxy.url.lower().startswith("https:"):
            broken.append(("http2", "through a proxy that is encrypted itself calls go by HTTP/1.1: leave `http2` out"))
        return broken

    async def connect(self, opening: Opening) -> HttpClient:
        headers = {
            name: value if isinstance(value, str) else sendable(opening.secret(value), value.secret)
            for name, value in self.headers.items()
        }
        retrying = None if self.retry is None else Retrying(self.retry, opening.clock)
        carrier = self._carrier(opening)
        try:
            credentials = Credentials() if self.auth is None else await self.auth.options.open(opening, carrier)
        except BaseException:
            await carrier.close()
            raise
        return HttpClient(
            self.profile(opening.name, headers), carrier, credentials, retrying, cache_of(self.cache, opening.clock)
        )

    def _carrier(self, opening: Opening) -> Carrier:
        # The libraries are loaded when something is called, not when Airdock starts.
        from airdock.connectors.http.carrier import NetworkCarrier

        proxy_auth = None
        if self.proxy is not None and self.proxy.auth is not None:
            auth = self.proxy.auth
            user = auth.user if isinstance(auth.user, str) else opening.secret(auth.user)
            proxy_auth = (user, opening.secret(auth.password))
        tls = None if self.tls is None else contexts(self.tls, opening)
        over = self._http2(opening, proxy_auth) if self.http2 else None
        made = NetworkCarrier(
            opening.name,
            opening.network,
            tls=tls,
            pool=self.pool,
            proxy="" if self.proxy is None else self.proxy.url,
            proxy_auth=proxy_auth,
            compressed=self.compression,
        )
        return made if over is None else over(made)

    def _http2(self, opening: Opening, proxy_auth: tuple[str, str] | None) -> Callable[[Any], Carrier]:
        """What puts HTTP/2 over a carrier of HTTP/1.1."""
        try:
            from airdock.connectors.http.http2.carrier import Http2Carrier
            from airdock.connectors.http.http2.reaching import Way
        except ImportError as error:
            raise missing(f"{opening.name}: `http2`", "http2") from error
        proxy = None if self.proxy is None else urlsplit(self.proxy.url)
        through = None if proxy is None else (proxy.hostname or "", proxy.port or 80)
        way = Way(opening.name, opening.network, through, proxy_auth)
        # It offers HTTP/2 in them, so they are not those of the other carrier.
        tls = None if self.tls is None else contexts(self.tls, opening)
        return lambda beside: Http2Carrier(
            opening.name, way, beside, tls=tls, pool=self.pool, compressed=self.compression
        )

    def endpoints(self) -> list[Endpoint]:
        return [endpoint_of(self.url)]

    def fake(self) -> HttpClient:
        from airdock.connectors.http.fake import Shelf

        return HttpClient(self.profile("", {n: v for n, v in self.headers.items() if isinstance(v, str)}), Shelf())

    def profile(self, name: str, headers: dict[str, str]) -> Profile:
        """What its client is told."""
        if not self.url:
            return Profile(name, "", Reach(""), headers, self.timeout, self.redirects, self.max_size)
        address = read_address(self.url)
        base = address.origin + address.path.rstrip("/")
        reach = Reach(address.origin, self.allow)
        return Profile(name, base, reach, headers, self.timeout, self.redirects, self.max_size, self.health)


def broken_address(element: Any) -> list[tuple[str, str]]:
    """What is wrong with the `url` and the `headers` of a connection that goes by HTTP."""
    broken = [("headers", f"{name!r} is no name of a header") for name in element.headers if not is_name(name)]
    broken += [
        ("headers", f"the value of {name!r} has characters that no header has")
        for name, value in element.headers.items()
        if isinstance(value, str) and not value.isprintable()
    ]
    if int(urlsplit(element.url).netloc.rpartition("]")[2].partition(":")[2] or 0) > 65535:
        broken.append(("url", "no port is larger than 65535"))
    return broken


def is_name(name: str) -> bool:
    """Whether a text may be the name of a header that an author sets."""
    return re.fullmatch(NAME.pattern, name) is not None and name.lower() not in _CLIENTS_OWN


_CLIENTS_OWN = frozenset(("host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"))
"""Headers that say how a request is carried: they are the client's."""

UNNAMED = HttpConnection(url="")
"""What steps use that name no connection."""
