"""What arrived, as bytes that only the installation can read."""

from contextlib import suppress
from typing import Any

import msgspec

from airdock.deadletters.letter import Content
from airdock.errors import text_of
from airdock.packing import NotPackableError, pack, unpack
from airdock.sealer import Sealer

LARGEST = 64 * 1024**2
"""Bytes of what arrived, beyond which it is not kept whole."""


def seal(sealer: Sealer, content: Content) -> bytes:
    """The content, sealed. Of what no bytes can stand for, or what is too large, a text tells."""
    return sealer.seal(_packed(content))


def unseal(sealer: Sealer, sealed: bytes) -> Content:
    """The way back.

    Raises:
        AirdockError: it was sealed with a key that is not at hand, or was altered.
    """
    fields: dict[str, Any] = unpack(sealer.open(sealed))
    return Content(**fields)


def _packed(content: Content) -> bytes:
    try:
        return pack(msgspec.structs.asdict(content), LARGEST)
    except NotPackableError:
        about = {name: text_of(value)[:1000] for name, value in content.about.items()}
        try:
            return pack({**msgspec.structs.asdict(content), "about": about}, LARGEST)
        except NotPackableError as error:
            with suppress(NotPackableError):
                return pack({**_not_kept(content, error), "about": about}, LARGEST)
            return pack({**_not_kept(content, error), "headers": {}, "about": {}}, LARGEST)


def _not_kept(content: Content, error: NotPackableError) -> dict[str, Any]:
    fields = msgspec.structs.asdict(content)
    return {**fields, "body": f"(what arrived is not kept: {error})", "content_type": "text/plain", "whole": False}
