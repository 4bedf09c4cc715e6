"""Content that comes piece by piece."""

import codecs
from typing import Any

from airdock.charsets import codec, marked_codec
from airdock.formats.format import ContentError
from airdock.formats.text import bytes_of, charset_of
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Size

STREAMING = field(
    Boolean(),
    "The items are read one by one, as the content comes, and never all of them are in memory: the body can be read"
    " once, by a `split` or a `loop`. The body of a request is then taken from the wire as it is needed.",
    default=False,
)
MAX_SIZE = field(
    Size(), "With `streaming`, so much may come; `--max-body` does not count.", default=1024**3, unit="bytes"
)
_LONGEST_MARK = 4


class TextFeed:
    """Makes texts of bytes in a charset, however they are cut."""

    def __init__(self, content_type: str, charset: str) -> None:
        self._charset = charset or charset_of(content_type)
        self._first = True
        self._begun = b""
        self._decoder: Any = None
        self._name = ""

    def feed(self, piece: bytes | str, last: bool = False) -> str:
        """The text of this piece, as far as it can be told.

        Raises:
            ContentError: the bytes are not of the charset, or it is not known.
        """
        if isinstance(piece, str):
            first, self._first = self._first, False
            return piece.removeprefix("\ufeff") if first else piece
        if self._decoder is None:
            self._begun += piece
            if len(self._begun) < _LONGEST_MARK and not last:
                return ""
            piece, self._begun = self._begun, b""
            self._begin(piece)
        try:
            text: str = self._decoder.decode(piece, last)
        except UnicodeError as error:
            raise ContentError(f"it is not {self._name} text") from error
        return text

    def _begin(self, piece: bytes) -> None:
        name = marked_codec(piece) or codec(self._charset)
        if name is None:
            raise ContentError("it is in a charset that is not known")
        self._name = name
        self._decoder = codecs.getincrementaldecoder("utf-8-sig" if name == "utf-8" else name)()


class Utf8Feed:
    """The same texts as bytes of UTF-8; what is that already passes as it is, and is not looked at."""

    def __init__(self, content_type: str, charset: str) -> None:
        self._text = TextFeed(content_type, charset)
        self._is_utf8 = (codec(charset or charset_of(content_type)) or "") == "utf-8"
        self._plain: bool | None = None
        self._begun = b""

    def feed(self, piece: bytes | str, last: bool = False) -> bytes:
        """The bytes of this piece; raises `ContentError`."""
        if isinstance(piece, bytes) and self._is_utf8:
            if self._plain:
                return piece
            if self._plain is None:
                self._begun += piece
                if len(self._begun) < _LONGEST_MARK and not last:
                    return b""
                piece, self._begun = self._begun, b""
                self._plain = marked_codec(piece) is None
                if self._plain:
                    return piece
        return bytes_of(self._text.feed(piece, last))
