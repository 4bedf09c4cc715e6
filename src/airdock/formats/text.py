"""Texts and bytes, which one becomes the other as formats need it."""

import re
from functools import lru_cache
from typing import Any

from airdock.charsets import CharsetError, codec, decode_text
from airdock.formats.format import ContentError, UnwritableError
from airdock.spec.fields import field
from airdock.spec.kinds import Text

_CHARSET = re.compile(r""";\s*charset\s*=\s*"?([^\s;"]*)""", re.IGNORECASE)
_KNOWN = r"(?i)utf-?8|utf-?(16|32)(-?[lb]e)?|[a-z][a-z0-9_-]{1,30}"


def charset_field(doc: str) -> Any:
    """Declares the option `charset`."""
    return field(Text(_KNOWN, 'a charset such as "utf-8" or "iso-8859-1"'), doc, default="", example="iso-8859-1")


READ_CHARSET = "Character set of bytes; if left out, what the content type says, else UTF-8."
WRITE_CHARSET = "The content is bytes of this character set; a text if left out."
TEXT_CHARSET = "What comes out is a text of this character set; bytes if left out."


def check_charset(element: Any) -> list[tuple[str, str]]:
    """The rule of an element with such an option, for `Spec.check`."""
    if element.charset and codec(element.charset) is None:
        return [("charset", f"`charset` names none that is known: {element.charset}")]
    return []


def text_of(data: str | bytes, content_type: str = "", charset: str = "") -> str:
    """The text of content.

    Args:
        content_type: What came with it. charset: An option that is stronger than that.

    Raises:
        ContentError: the bytes are not of the charset, or it is not known.
    """
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    try:
        return decode_text(data, charset or charset_of(content_type))
    except CharsetError as error:
        raise ContentError(f"it {error}") from error


@lru_cache(maxsize=128)
def charset_of(content_type: str) -> str:
    """The charset that a content type names; empty when it names none."""
    match = _CHARSET.search(content_type)
    return match[1] if match else ""


def bytes_of(data: str | bytes) -> bytes:
    """The bytes of content; a text as UTF-8.

    Raises:
        ContentError: the text holds half of a character.
    """
    if isinstance(data, bytes):
        return data
    try:
        return data.encode()
    except UnicodeError as error:
        raise ContentError("it is a text that is not Unicode") from error


def encoded(text: str, content_type: str, charset: str) -> tuple[str | bytes, str]:
    """What a format of texts writes: the text, or its bytes where a charset is chosen, and the content type.

    Raises:
        UnwritableError: the charset lacks a character of the text.
    """
    if not charset:
        return text, content_type
    try:
        return text.encode(codec(charset) or charset), f"{content_type}; charset={charset}"
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        raise UnwritableError(f"{charset} has no {text[at : at + 1]!r}, the character at {at}") from error


def content_of(value: Any, format: str) -> bytes:
    """The bytes of a value that must be content already, as for a format that packs content.

    Raises:
        UnwritableError: it is neither text nor bytes.
    """
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise UnwritableError(f"{format} packs a text or bytes, not {kind_of(value)}: marshal it first")
    try:
        return value.encode()
    except UnicodeError as error:
        raise UnwritableError("the text is not Unicode") from error


def kind_of(value: Any) -> str:
    """What authors call a value: `a text`, `an object`, `a list` …"""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    for kinds, words in _KINDS:
        if isinstance(value, kinds):
            return words
    return f"a {type(value).__name__}"


_KINDS: tuple[tuple[Any, str], ...] = (
    (str, "a text"),
    ((bytes, bytearray, memoryview), "bytes"),
    (dict, "an object"),
    ((list, tuple), "a list"),
    ((int, float), "a number"),
)
