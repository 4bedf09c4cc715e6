"""The credential of HTTP Basic authentication (RFC 7617)."""

import binascii
from base64 import b64decode


def basic_credential(text: str) -> tuple[str, str] | None:
    """User and password of the part behind `Basic`; None where it is none, or not UTF-8."""
    try:
        plain = b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    user, colon, password = plain.partition(":")
    return (user, password) if colon else None
