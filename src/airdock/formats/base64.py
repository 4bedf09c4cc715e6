"""Base64."""

import base64
import binascii
import re
from typing import Any

from airdock.formats.format import ContentError, Format, Read, ReadFile, Reading, Write, Writing
from airdock.formats.text import TEXT_CHARSET, charset_field, check_charset, content_of, text_of
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Choice, Integer

TYPE = "text/plain; charset=utf-8"
_SPACE = str.maketrans("", "", " \t\r\n")
_ALPHABETS = {"standard": re.compile(r"[A-Za-z0-9+/]*"), "url": re.compile(r"[A-Za-z0-9_-]*")}
VARIANT = field(
    Choice(("standard", "url")),
    "The alphabet: that with `+` and `/`, or that of addresses, with `-` and `_`.",
    default="standard",
)


class Base64Reading(Reading):
    """Base64 becomes the bytes that it stands for. White space is passed over; the padding may be missing."""

    variant: str = VARIANT
    charset: str = charset_field(TEXT_CHARSET)

    def compile(self, file: ReadFile) -> Read:
        alphabet, charset = _ALPHABETS[self.variant], self.charset

        def read(data: str | bytes, content_type: str) -> str | bytes:
            text = text_of(data, content_type).translate(_SPACE)
            decoded = _decoded(text, alphabet)
            return text_of(decoded, "", charset) if charset else decoded

        return read

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_charset(element)


def _decoded(text: str, alphabet: re.Pattern[str]) -> bytes:
    match = alphabet.match(text)
    end = match.end() if match else 0
    if text[end:] not in ("", "=", "=="):
        raise ContentError(f"{text[end]!r} at {end} is not of the alphabet")
    if text[end:] and len(text) % 4:
        raise ContentError("its padding does not fit its length")
    plain = text[:end].replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-end % 4), validate=True)
    except binascii.Error as error:
        raise ContentError(f"its length is none that base64 has ({end} characters)") from error


class Base64Writing(Writing):
    """A text (as UTF-8) or bytes become a text in base64."""

    variant: str = VARIANT
    padding: bool = field(Boolean(), "`=` fills up the end.", default=True)
    line_length: int = field(
        Integer(0, 1000), "Lines have so many characters, 76 in mails; 0 is one line.", default=0, example=76
    )

    def compile(self, file: ReadFile) -> Write:
        encode = base64.b64encode if self.variant == "standard" else base64.urlsafe_b64encode
        padding, length = self.padding, self.line_length

        def write(value: Any) -> tuple[str, str]:
            text = encode(content_of(value, "base64")).decode()
            if not padding:
                text = text.rstrip("=")
            if length:
                text = "\r\n".join(text[at : at + length] for at in range(0, len(text), length))
            return text, TYPE

        return write


FORMAT = Format("base64", Base64Reading, Base64Writing)
