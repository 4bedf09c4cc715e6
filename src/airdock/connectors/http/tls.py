"""How the other side of TLS is known, and how it knows us."""

import ssl
import tempfile
from pathlib import Path
from typing import Any

from airdock.errors import FlowError
from airdock.spec.connection import Opening, Secret
from airdock.spec.fields import Spec, field
from airdock.spec.kinds import Boolean, Module, OneOf, Record

PEM = (".pem", ".crt", ".cer")


class Tls(Spec):
    """What is looked at, and shown, when a connection is encrypted."""

    verify: bool = field(
        Boolean(), "Whether the certificate of the service must be good. Leave it on but for a trial.", default=True
    )
    renamed = {"caFile": "`ca`", "certificateFile": "`certificate`"}

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
        Record(Secret), "The secret that has the certificate's private key, as PEM.", example={"secret": "crm-key"}
    )

    @classmethod
    def check(cls, element: "Tls") -> list[tuple[str, str]]:
        if (element.certificate is not None) != (element.key is not None):
            return [("key", "a certificate needs its `key`, and a `key` its certificate")]
        return []


def contexts(tls: Tls, opening: Opening) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """How the own origin of a connection is spoken to, and how others are: these are shown no certificate.

    Raises:
        FlowError: `connector.failed`, a file is not there or is none of its kind.
    """
    try:
        others = _context(tls, opening)
        if tls.key is None:
            return others, others
        own = _context(tls, opening)
        certificate = (
            opening.secret(tls.certificate)
            if isinstance(tls.certificate, Secret)
            else _file(tls.certificate, opening).decode()
        )
        # The library reads it from files alone.
        with tempfile.TemporaryDirectory() as folder:
            chain, key = Path(folder, "chain.pem"), Path(folder, "key.pem")
            chain.write_text(certificate)
            key.touch(mode=0o600)
            key.write_text(opening.secret(tls.key))
            own.load_cert_chain(chain, key)
    except (ssl.SSLError, ValueError, OSError) as error:
        raise FlowError("connector.failed", f"{opening.name}: `tls` cannot be used: {error}") from error
    return own, others


def _context(tls: Tls, opening: Opening) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=_file(tls.ca, opening).decode() if tls.ca else None)
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _file(path: str, opening: Opening) -> bytes:
    content = opening.file(path)
    if content is None:
        raise FlowError("connector.failed", f"{opening.name}: there is no file {path!r}")
    return content
