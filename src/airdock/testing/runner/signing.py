"""Signs the messages of tests as the flow asks for."""

import hmac
from base64 import b64encode

from airdock.spec.protection import Signature
from airdock.triggers.http.protection.schemes import scheme_of


def signature_headers(declared: Signature, secret: str, body: bytes, now: int) -> list[tuple[str, str]]:
    """The headers with which a sender signs a body.

    Args:
        secret: Whose first line is the key. now: Unix time, for schemes that sign it.
    """
    scheme = scheme_of(declared)
    key = next((line.strip() for line in secret.splitlines() if line.strip()), "")
    digest = hmac.digest(key.encode(), scheme.message(str(now), body), scheme.algorithm)
    match declared.scheme:
        case "github":
            return [("x-hub-signature-256", f"sha256={digest.hex()}")]
        case "stripe":
            return [("stripe-signature", f"t={now},v1={digest.hex()}")]
        case "slack":
            return [("x-slack-signature", f"v0={digest.hex()}"), ("x-slack-request-timestamp", str(now))]
    signed = digest.hex() if declared.encoding == "hex" else b64encode(digest).decode()
    headers = [(declared.header.lower(), f"{declared.prefix}{signed}")]
    return [*headers, (declared.timestamp_header.lower(), str(now))] if declared.timestamp_header else headers
