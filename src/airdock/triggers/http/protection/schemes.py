"""How webhooks are signed: what each scheme puts into which header, and what of a request it signs."""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from airdock.errors import FlowError
from airdock.spec.protection import BODY, TIMESTAMP, Signature
from airdock.triggers.http.request import HttpRequest

MOST_SIGNATURES = 16
"""Signatures of one request that are looked at."""
_LONGEST = 4096
_SEPARATORS = re.compile(r"[\s,]+")


class Sent(NamedTuple):
    """What a request says: its signatures as bytes, and the time of sending as it was written, empty if not at all."""

    signatures: list[bytes]
    timestamp: str = ""


@dataclass(frozen=True)
class Scheme:
    """A way to sign.

    Attributes:
        algorithm: Hash of the HMAC.
        before: Text that is signed in front of the body; `{timestamp}` stands for the time. after: Behind it.
        timed: Whether there is a time of sending.
        read: Takes the signatures from the request; raises FlowError `request.signature` where there are none.
    """

    algorithm: str
    before: str
    after: str
    timed: bool
    read: Callable[[HttpRequest], Sent]

    def message(self, timestamp: str, body: bytes) -> bytes:
        """What is signed."""
        before, after = (text.replace(TIMESTAMP, timestamp) for text in (self.before, self.after))
        return before.encode() + body + after.encode() if before or after else body


def scheme_of(declared: Signature) -> Scheme:
    """The scheme that a flow declares."""
    if declared.scheme == "generic":
        before, _, after = declared.payload.partition(BODY)
        return Scheme(declared.algorithm, before, after, bool(declared.timestamp_header), _generic(declared))
    return _KNOWN[declared.scheme]


def unsigned(message: str) -> FlowError:
    """The error of a request that is not signed well."""
    return FlowError("request.signature", message)


def _field(request: HttpRequest, name: str) -> str:
    """The one header field of that name."""
    fields = request.take_all(name.lower())
    if len(fields) != 1:
        raise unsigned(f"The request has {'more than one' if fields else 'no'} header {name}.")
    if len(fields[0]) > _LONGEST:
        raise unsigned(f"The header {name} is too long.")
    return fields[0]


def parse_stripe(text: str) -> Sent:
    """The parts of `t=1492774577,v1=5257…,v1=…`; signatures of other versions than `v1` are passed over.

    Raises:
        FlowError: `request.signature`, there is not just one time.
    """
    pairs = [part.strip().partition("=") for part in text.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    if len(times) != 1:
        raise unsigned("The header Stripe-Signature has not just one time, t=….")
    return Sent(_decoded([value for name, _, value in pairs if name == "v1"], "hex"), times[0])


def parse_signatures(text: str, prefix: str, encoding: str) -> list[bytes]:
    """Signatures behind their prefix, between commas or spaces; what is none is passed over."""
    parts = [part for part in _SEPARATORS.split(text.strip()) if part.startswith(prefix)]
    return _decoded([part[len(prefix) :] for part in parts], encoding)


def _decoded(texts: list[str], encoding: str) -> list[bytes]:
    decode = _HEX if encoding == "hex" else _BASE64
    found = []
    for text in texts[:MOST_SIGNATURES]:
        try:
            found.append(decode(text))
        except (ValueError, binascii.Error):
            continue
    return found


def _HEX(text: str) -> bytes:  # noqa: N802
    return binascii.unhexlify(text)


def _BASE64(text: str) -> bytes:  # noqa: N802
    return b64decode(text, validate=True)


def _github(request: HttpRequest) -> Sent:
    return Sent(parse_signatures(_field(request, "X-Hub-Signature-256"), "sha256=", "hex"))


def _stripe(request: HttpRequest) -> Sent:
    return parse_stripe(_field(request, "Stripe-Signature"))


def _slack(request: HttpRequest) -> Sent:
    signatures = parse_signatures(_field(request, "X-Slack-Signature"), "v0=", "hex")
    return Sent(signatures, _field(request, "X-Slack-Request-Timestamp"))


def _generic(declared: Signature) -> Callable[[HttpRequest], Sent]:
    header, prefix, encoding, time = declared.header, declared.prefix, declared.encoding, declared.timestamp_header

    def read(request: HttpRequest) -> Sent:
        signatures = parse_signatures(_field(request, header), prefix, encoding)
        return Sent(signatures, _field(request, time) if time else "")

    return read


_KNOWN = {
    "github": Scheme("sha256", "", "", False, _github),
    "stripe": Scheme("sha256", "{timestamp}.", "", True, _stripe),
    "slack": Scheme("sha256", "v0:{timestamp}:", "", True, _slack),
}
