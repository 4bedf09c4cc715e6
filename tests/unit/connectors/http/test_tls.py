import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from airdock.connectors.http.calls import Call
from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.http.tls import Tls
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.http.peers import connected, echo, serving
from tests.unit.connectors.http.test_step import http, problems
from tests.unit.flows import Flows


def certificate() -> tuple[bytes, bytes]:
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "peer")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = (
        builder.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    )
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    builder = builder.add_extension(names, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    made = builder.sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(serialization.Encoding.PEM), private


CERTIFICATE, KEY = certificate()
MINE, MY_KEY = certificate()
SECRETS = {"key": MY_KEY.decode(), "certificate": MINE.decode()}


def context(folder: Path, client: bool = False) -> ssl.SSLContext:
    """How a service speaks TLS; with `client` to those alone that show `MINE`."""
    (folder / "peer.pem").write_bytes(CERTIFICATE + KEY)
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(folder / "peer.pem")
    if client:
        made.verify_mode = ssl.CERT_REQUIRED
        made.load_verify_locations(cadata=MINE.decode())
    return made


async def call(url: str, tls: Tls | None) -> int:
    files = {"p/ca.pem": CERTIFICATE, "p/me.pem": MINE, "p/bad.pem": b"none"}
    async with connected(HttpConnection(url=url, tls=tls), files=files, secrets=SECRETS) as client:
        return (await client.send(Call("GET", "/x"))).status


async def code_of(url: str, tls: Tls | None) -> str:
    with pytest.raises(FlowError) as caught:
        await call(url, tls)
    return caught.value.code


async def test_a_certificate_is_looked_at(tmp_path: Path) -> None:
    async with serving(echo, context(tmp_path)) as peer:
        assert await code_of(peer.url, None) == "connector.unavailable"
        assert peer.requests == []
        assert await call(peer.url, Tls(ca="p/ca.pem")) == 200
        assert await call(peer.url, Tls(verify=False)) == 200
        for file in ("p/bad.pem", "p/none.pem"):
            assert await code_of(peer.url, Tls(ca=file)) == "connector.failed"


async def test_a_certificate_is_shown(tmp_path: Path) -> None:
    key, mine = Secret(secret="key"), Secret(secret="certificate")
    async with serving(echo, context(tmp_path, client=True)) as peer:
        assert await call(peer.url, Tls(ca="p/ca.pem", certificate="p/me.pem", key=key)) == 200
        assert await call(peer.url, Tls(ca="p/ca.pem", certificate=mine, key=key)) == 200
        assert await code_of(peer.url, Tls(ca="p/ca.pem")) == "connector.unavailable"


@pytest.mark.parametrize(
    ("tls", "told"),
    [
        ({"certificate": "/p/me.pem"}, "a certificate needs its `key`"),
        ({"key": {"secret": "k"}}, "a certificate needs its `key`"),
        ({"ca": "/p/ca.txt"}, ".pem"),
        ({"certificate": "/p/me.txt", "key": {"secret": "k"}}, ".pem"),
        ({"caFile": "/p/ca.pem"}, "write `ca`"),
        ({"certificateFile": "/p/me.pem"}, "write `certificate`"),
    ],
)
def test_what_an_author_is_told(flows: Flows, tls: Any, told: str) -> None:
    assert told in problems(flows, http(), tls=tls)
