"""Signatures of requests: HMAC as many services have it, and that of Amazon Web Services."""

import hashlib
import hmac
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from airdock.connectors.http.auth import NAME, Credentials, Outgoing, sendable
from airdock.connectors.http.calls import Carrier
from airdock.connectors.http.reach import Address, read_address
from airdock.errors import FlowError
from airdock.spec.clock import Clock
from airdock.spec.connection import Opening, Secret
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import Choice, ListOf, OneOf, Record, Text

PARTS = ("method", "host", "path", "query", "timestamp", "body", "bodyHash")


class HmacAuth(Spec):
    """A signature of each request with a shared key.

    What is signed are the `parts`, joined by line breaks: `path` is percent-encoded, `query` without its question
    mark, `timestamp` as in its header, `bodyHash` the body's hash in the signature's encoding.
    """

    key: Secret = field(Record(Secret), "The secret that has the key.", default=REQUIRED, example={"secret": "crm-key"})
    algorithm: str = field(Choice(("sha256", "sha512", "sha1")), "The hash.", default="sha256")
    parts: list[str] = field(
        ListOf(Choice(PARTS), 1), "What is signed.", default=["body"], example=["method", "path", "timestamp", "body"]
    )
    header: str = field(NAME, "The header that takes the signature.", default="X-Signature")
    prefix: str = field(Text(), "What stands in front of it.", default="", example="sha256=")
    encoding: str = field(Choice(("hex", "base64")), "How it is written.", default="hex")
    timestamp_header: str = field(NAME, "The header that takes the time, in seconds since 1970.", default="X-Timestamp")

    async def open(self, opening: Opening, carrier: Carrier) -> Credentials:
        return HmacSigner(self, opening.secret(self.key).strip().encode(), opening.clock)


class HmacSigner(Credentials):
    """Signs by HMAC."""

    signs = True

    def __init__(self, spec: HmacAuth, key: bytes, clock: Clock) -> None:
        super().__init__()
        self._spec = spec
        self._key = key
        self._clock = clock

    async def sign(self, request: Outgoing) -> None:
        spec, now = self._spec, str(int(self._clock.now()))
        signed = b"\n".join(self._part(part, request, now) for part in spec.parts)
        if "timestamp" in spec.parts:
            request.headers[spec.timestamp_header] = now
        made = hmac.digest(self._key, signed, spec.algorithm)
        request.headers[spec.header] = spec.prefix + self._written(made)

    def _part(self, part: str, request: Outgoing, now: str) -> bytes:
        body = body_of(request) if part in ("body", "bodyHash") else b""
        if part == "body":
            return body
        if part == "bodyHash":
            return self._written(hashlib.new(self._spec.algorithm, body).digest()).encode()
        address = read_address(request.url)
        values = {"method": request.method, "host": host_of(address), "path": address.path, "query": address.query}
        return {**values, "timestamp": now}[part].encode()

    def _written(self, value: bytes) -> str:
        return value.hex() if self._spec.encoding == "hex" else b64encode(value).decode()


class AwsAuth(Spec):
    """The signature of Amazon Web Services, version 4, which other services with S3's interface take, too."""

    access_key: Any = field(
        OneOf((Text(), Record(Secret))), "The id of the access key, or the secret that has it.", default=REQUIRED,
        example={"secret": "aws-id"},
    )  # fmt: skip
    secret_key: Secret = field(
        Record(Secret),
        "The secret that has the access key's secret.",
        default=REQUIRED,
        example={"secret": "aws-secret"},
    )
    session_token: Secret | None = field(Record(Secret), "The secret that has the token of a session.")
    region: str = field(Text(r"[a-z0-9-]+", "a region"), "The region.", default=REQUIRED, example="eu-central-1")
    service: str = field(Text(r"[a-z0-9-]+", "a service"), "The service.", default=REQUIRED, example="s3")

    async def open(self, opening: Opening, carrier: Carrier) -> Credentials:
        id = self.access_key if isinstance(self.access_key, str) else opening.secret(self.access_key)
        token = ""
        if self.session_token is not None:
            token = sendable(opening.secret(self.session_token), self.session_token.secret)
        return AwsSigner(self, id.strip(), opening.secret(self.secret_key).strip(), token, opening.clock)


class AwsSigner(Credentials):
    """Signs by AWS4-HMAC-SHA256."""

    signs = True

    def __init__(self, spec: AwsAuth, id: str, secret: str, token: str, clock: Clock) -> None:
        super().__init__()
        self._spec = spec
        self._id = id
        self._secret = secret
        self._token = token
        self._clock = clock

    async def sign(self, request: Outgoing) -> None:
        address = read_address(request.url)
        now = datetime.fromtimestamp(self._clock.now(), UTC).strftime("%Y%m%dT%H%M%SZ")
        content = hashlib.sha256(body_of(request)).hexdigest()
        request.headers["X-Amz-Date"] = now
        if self._spec.service == "s3":
            request.headers["X-Amz-Content-Sha256"] = content
        if self._token:
            request.headers["X-Amz-Security-Token"] = self._token
        signed = {"host": host_of(address)} | {
            name.lower(): " ".join(value.split())
            for name, value in request.headers.items()
            if name.lower().startswith("x-amz-") or name.lower() == "content-type"
        }
        names = ";".join(sorted(signed))
        headers = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        path = address.path if self._spec.service == "s3" else quote(address.path, safe="/~")
        canonical = "\n".join([request.method, path, canonical_query(address.query), headers, names, content])
        scope = f"{now[:8]}/{self._spec.region}/{self._spec.service}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        request.headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self._id}/{scope}, SignedHeaders={names}, "
            f"Signature={self._signature(scope, text)}"
        )

    def _signature(self, scope: str, text: str) -> str:
        key = b"AWS4" + self._secret.encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.digest(key, text.encode(), "sha256").hex()


def body_of(request: Outgoing) -> bytes:
    """The body that is signed.

    Raises:
        FlowError: `connector.http.body`, it comes piece by piece.
    """
    if request.pieces is not None:
        message = "the signature of the connection covers the body, which must then be there as a whole"
        raise FlowError("connector.http.body", message)
    return request.body or b""


def canonical_query(query: str) -> str:
    """The query, encoded in the one way and sorted."""
    pairs = (part.partition("=") for part in query.split("&") if part)
    encoded = sorted((quote(unquote(name), safe="~"), quote(unquote(value), safe="~")) for name, _, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)


def host_of(address: Address) -> str:
    """The `Host` of an address, as the client sends it."""
    return address.origin.partition("://")[2]
