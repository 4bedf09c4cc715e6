"""Encryption of connections to NATS."""

import ssl
from pathlib import Path
from tempfile import TemporaryDirectory

from airdock.errors import FlowError
from airdock.spec.connection import Opening, Secret
from airdock.spec.fields import Spec, field
from airdock.spec.kinds import Boolean, Module, Record


class NatsTls(Spec):
    """How the connection is encrypted, and who the caller is by a certificate."""

    ca: str = field(
        Module((".pem", ".crt")),
        "A file with the authorities that the servers' certificates are checked against; the system's if left out.",
        default="",
        example="/shop/ca.pem",
    )
    certificate: str = field(
        Module((".pem", ".crt")), "A file with the caller's own certificate.", default="", example="/shop/client.pem"
    )
    key: Secret | None = field(Record(Secret), "The key of the caller's certificate.", example={"secret": "nats-key"})
    first: bool = field(
        Boolean(), "Encryption begins before the server says anything (`handshake_first` there).", default=False
    )

    @classmethod
    def check(cls, element: "NatsTls") -> list[tuple[str, str]]:
        if bool(element.certificate) != (element.key is not None):
            return [("certificate", "`certificate` and `key` go together")]
        return []


def tls_context(tls: NatsTls, opening: Opening) -> ssl.SSLContext:
    """What the files and the key make; errors never have their content.

    Raises:
        FlowError: `connector.refused`, they cannot be read.
    """
    try:
        context = ssl.create_default_context(cadata=_file(tls.ca, opening).decode() if tls.ca else None)
        if tls.key is not None:
            # The library of Python reads certificates from files only.
            with TemporaryDirectory() as folder:
                certificate, key = Path(folder, "certificate"), Path(folder, "key")
                certificate.write_bytes(_file(tls.certificate, opening))
                key.touch(0o600)
                key.write_text(opening.secret(tls.key))
                context.load_cert_chain(certificate, key)
    except (ssl.SSLError, UnicodeDecodeError, ValueError):
        raise FlowError("connector.refused", f"{opening.name}: its certificates or key cannot be read") from None
    return context


def _file(path: str, opening: Opening) -> bytes:
    content = opening.file(path)
    if content is None:
        raise FlowError("connector.refused", f"{opening.name}: there is no file {path!r}")
    return content
