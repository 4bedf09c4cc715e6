"""Names of mail folders as they are on the wire: modified UTF-7 (RFC 3501, 5.1.3)."""

import re
from base64 import b64decode, b64encode

_CODED = re.compile(r"[^\x20-\x7e]+|&")
_ENCODED = re.compile(r"&([A-Za-z0-9+,]*)-")


def encoded(name: str) -> bytes:
    """The name in ASCII."""
    return _CODED.sub(_shifted, name).encode("ascii")


def decoded(name: bytes) -> str:
    """The name as people read it; what is not encoded well stays as it is."""
    return _ENCODED.sub(_unshifted, name.decode("utf-8", "replace"))


def _shifted(found: re.Match[str]) -> str:
    if found[0] == "&":
        return "&-"
    coded = b64encode(found[0].encode("utf-16-be", "surrogatepass")).decode().rstrip("=")
    return f"&{coded.replace('/', ',')}-"


def _unshifted(found: re.Match[str]) -> str:
    coded = found[1].replace(",", "/")
    if not coded:
        return "&"
    try:
        return b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-16-be", "surrogatepass")
    except ValueError:
        return found[0]
