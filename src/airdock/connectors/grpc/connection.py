import re
from typing import Any
from urllib.parse import urlsplit

from airdock.spec.connection import Client, Connection, Opening, Secret
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import Duration, MapOf, Module, OneOf, Record, Size, Text

PEM = (".pem", ".crt", ".cer")
METADATA_NAME = re.compile(r"(?!grpc-)[0-9a-z_.-]+(?<!-bin)")
"""Of metadata that authors give: lower-case ASCII; what begins with `grpc-` is the protocol's, `-bin` holds bytes."""
PRINTABLE = re.compile(r"[\x20-\x7e]*")
"""Values of metadata."""


class GrpcTls(Spec):
    """What is looked at, and shown, when a connection is encrypted."""

    ca: str = field(
        Module(PEM),
        "A file with the authorities that are trusted in place of the system's.",
        default="",
        example="/shop/ca.pem",
    )
    certificate: Any = field(
        OneOf((Module(PEM), Record(Secret))),
        "A file with the certificate that we show, and those above it, or the secret that has them.",
        example="/shop/me.pem",
    )
    key: Secret | None = field(
        Record(Secret), "The secret that has the certificate's private key, as PEM.", example={"secret": "stock-key"}
    )
    server_name: str = field(
        Text(), "The name in the service's certificate, where it is not the host.", default="", example="stock.internal"
    )

    @classmethod
    def check(cls, element: "GrpcTls") -> list[tuple[str, str]]:
        if (element.certificate is not None) != (element.key is not None):
            return [("key", "a certificate needs its `key`, and a `key` its certificate")]
        return []


class GrpcConnection(Connection):
    """A gRPC service.

    Methods and messages are described by a `.proto` file of the project (`proto`), or a descriptor set; without one,
    the service is asked for its own descriptions (server reflection), which it must offer then. With a file,
    `airdock check` finds wrong names of methods and fields.

    `grpc://` is without encryption, `grpcs://` is TLS. The host is looked up, and its addresses are checked, when the
    connection is opened and each time that the service was away.
    """

    renamed = {name: f"`tls`, which has `{name}`" for name in ("ca", "certificate", "key", "serverName")}
    type = "grpc"
    requires = "grpc"
    example = {
        "type": "grpc",
        "url": "grpcs://stock.example.com",
        "proto": "/shop/stock.proto",
        "metadata": {"authorization": {"secret": "stock-token"}},
    }

    url: str = field(
        Text(r"grpcs?://[^/?#@\s]+", "an address such as grpcs://stock.example.com:443"),
        "Address of the service. The port is 443 with `grpcs`, 50051 with `grpc`, if left out.",
        default=REQUIRED,
        example="grpcs://stock.example.com:8443",
    )
    proto: str = field(
        Module((".proto", ".desc")),
        "Path of the `.proto` file that describes it, or of a descriptor set; what it imports lies beside it, or in the"
        " project. The service describes itself if left out.",
        default="",
        example="/shop/stock.proto",
    )
    metadata: dict[str, Any] = field(
        MapOf(OneOf((Text(), Record(Secret)))),
        "What is sent with each call, such as credentials: texts, or secrets.",
        default={},
        example={"authorization": {"secret": "stock-token"}},
    )
    timeout: float = field(
        Duration(),
        "A call is given up, at both sides, after this time; a stream when its next message does not come within it.",
        default=30.0,
        unit="s",
        example="5s",
    )
    max_size: int = field(Size(), "No message is larger.", default=4 * 1024 * 1024, unit="bytes", example="16MB")
    tls: GrpcTls | None = field(Record(GrpcTls), "Of `grpcs`.", example={"ca": "/shop/ca.pem"})

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or (443 if self.secure else 50051)

    @property
    def secure(self) -> bool:
        return self.url.startswith("grpcs:")

    async def connect(self, opening: Opening) -> Client:
        from airdock.connectors.grpc.client import GrpcClient

        return await GrpcClient.opened(self, opening)

    def fake(self) -> Client:
        from airdock.connectors.grpc.fake import FakeGrpc

        return FakeGrpc()

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        problems = [("metadata", sentence) for sentence in metadata_problems(element.metadata)]
        try:
            urlsplit(element.url).port  # noqa: B018 -- it raises where there is none
        except ValueError:
            problems.append(("url", "the port must be a number up to 65535"))
        if element.tls is not None and not element.secure:
            problems.append(("tls", "`tls` belongs to `grpcs://`"))
        return problems


def metadata_problems(metadata: dict[str, Any]) -> list[str]:
    """What is wrong with the names of metadata, and with texts that are written in place."""
    found = [
        f"{name!r} is no name of metadata: lower-case letters, digits, '-', '_', '.', not grpc-… and not …-bin"
        for name in metadata
        if not METADATA_NAME.fullmatch(name)
    ]
    for name, value in metadata.items():
        if isinstance(value, str) and not PRINTABLE.fullmatch(value):
            found.append(f"the value of {name!r} holds characters that metadata cannot: ASCII alone")
    return found
