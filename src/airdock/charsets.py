"""Which character sets a content type may name, and texts in them."""

import codecs
import re

# Python has text codecs that compute (idna, punycode, unicode_escape); a caller must not choose those.
_PLAIN = re.compile(
    r"utf-8|utf-16(-[lb]e)?|utf-32(-[lb]e)?|ascii|iso8859-\d+|cp\d+|mac-roman|koi8-[rtu]|big5(hkscs)?"
    r"|gb2312|gbk|gb18030|hz|euc_(jp|kr|jis_2004|jisx0213)|shift_jis(_2004|x0213)?|iso2022_(jp|kr)\w*|tis-620"
)


def codec(charset: str) -> str | None:
    """The name of Python's codec for a `charset`; UTF-8 for an empty text, None for one that is not accepted."""
    try:
        name = codecs.lookup(charset or "utf-8").name
    except (LookupError, ValueError):
        return None
    return name if _PLAIN.fullmatch(name) else None


_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


class CharsetError(ValueError):
    """The charset is not known, or the bytes are not of it; the message is the end of a sentence about them."""


def decode_text(data: bytes, charset: str) -> str:
    """The text that bytes say; a byte order mark is stronger than the charset and is left out.

    Raises:
        CharsetError: the charset is not known, or the bytes are not of it.
    """
    name = marked_codec(data) or codec(charset)
    if name is None:
        raise CharsetError("is in a charset that is not known")
    try:
        return data.decode(name).removeprefix("\ufeff")
    except UnicodeError as error:
        raise CharsetError(f"is not {name} text") from error


def marked_codec(data: bytes) -> str | None:
    """The codec that a byte order mark in front tells; None without one."""
    return next((name for mark, name in _MARKS if data.startswith(mark)), None)
