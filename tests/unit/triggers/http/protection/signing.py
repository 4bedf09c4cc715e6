"""Signed requests, as the services sign them."""

import base64
import hashlib
import hmac
from typing import Any

from airdock.spec.protection import Signature
from airdock.triggers.http import BufferedRequest
from airdock.triggers.http.protection.secrets import ReadSecret

NOW = 1_700_000_000.0
SECRET = "hunter2-hunter2"


def secret(value: str | None = SECRET) -> ReadSecret:
    """There is one secret, whatever it is called."""
    return lambda name: value


def mac(message: bytes, key: str = SECRET, algorithm: str = "sha256") -> str:
    return hmac.new(key.encode(), message, getattr(hashlib, algorithm)).hexdigest()


def mac64(message: bytes, key: str = SECRET, algorithm: str = "sha256") -> str:
    return base64.b64encode(hmac.digest(key.encode(), message, algorithm)).decode()


def declared(scheme: str, **fields: Any) -> Signature:
    return Signature(scheme=scheme, secret="hook", **fields)


def request(body: bytes = b"", *headers: tuple[str, str]) -> BufferedRequest:
    return BufferedRequest("POST", "/services/flow/p/x.flow", headers=headers, body=body)


def github(body: bytes, key: str = SECRET) -> tuple[str, str]:
    return ("X-Hub-Signature-256", f"sha256={mac(body, key)}")


def stripe(body: bytes, time: float = NOW, key: str = SECRET) -> tuple[str, str]:
    return ("Stripe-Signature", f"t={time:.0f},v1={mac(b'%.0f.' % time + body, key)},v0=00")


def slack(body: bytes, time: float = NOW, key: str = SECRET) -> list[tuple[str, str]]:
    signature = mac(b"v0:%.0f:" % time + body, key)
    return [("X-Slack-Request-Timestamp", f"{time:.0f}"), ("X-Slack-Signature", f"v0={signature}")]
