"""Writing of XML."""

import re
from typing import Any
from xml.sax.saxutils import escape

import msgspec

from airdock.charsets import codec
from airdock.formats.format import ReadFile, UnwritableError, Write, Writing
from airdock.formats.text import WRITE_CHARSET, charset_field, check_charset, kind_of
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Integer, Text

TYPE = "application/xml"
ATTRIBUTE_PREFIX = field(Text(), "What the names of attributes begin with.", default="@")
TEXT_NAME = field(Text(".+", "a name"), "The name of an element's text.", default="#text")
_DEEPEST = 200
_LETTERS = (
    r"A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    r"\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PART = rf"[{_LETTERS}][-.0-9\u00b7\u0300-\u036f\u203f\u2040{_LETTERS}]*"
_NAME = re.compile(rf"{_PART}(?::{_PART})?")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_QUOTES = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_RETURN = {"\r": "&#13;"}


class XmlWriting(Writing):
    """An object becomes XML of type `application/xml`, as `unmarshal` would have read it.

    The object has one name, the root element's, unless `root` gives that. A list becomes an element for each of its
    items, null an empty element. A number, true or false stands as in JSON. A name that XML does not allow is an
    error, and so is a character that it cannot hold.
    """

    slow = True

    root: str = field(
        Text(), "Name of the root element, for a value that does not have it.", default="", example="order"
    )
    item: str = field(Text(), "Name of the elements of a list that is the value of the root.", default="item")
    attribute_prefix: str = ATTRIBUTE_PREFIX
    text_name: str = TEXT_NAME
    declaration: bool = field(Boolean(), "`<?xml …?>` stands in front.", default=True)
    indent: int = field(Integer(0, 16), "Each level stands so many spaces to the right; 0 is one line.", default=0)
    charset: str = charset_field(WRITE_CHARSET)

    def compile(self, file: ReadFile) -> Write:
        def write(value: Any) -> tuple[str | bytes, str]:
            writer = _Writer(self)
            if self.declaration:
                writer.parts.append(f'<?xml version="1.0" encoding="{self.charset or "UTF-8"}"?>\n')
            writer.root(value)
            text = "".join(writer.parts)
            if not self.charset:
                return text, TYPE
            # What the charset lacks is a character reference.
            return text.encode(codec(self.charset) or "utf-8", "xmlcharrefreplace"), f"{TYPE}; charset={self.charset}"

        return write

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        problems = check_charset(element)
        for name, value in (("root", element.root), ("item", element.item)):
            if value and not _NAME.fullmatch(value):
                problems.append((name, f"{value!r} cannot be the name of an element"))
        return problems


class _Writer:
    """Writes one document."""

    def __init__(self, options: XmlWriting) -> None:
        self.parts: list[str] = []
        self._options = options
        self._prefix = options.attribute_prefix
        self._text = options.text_name

    def _break(self, depth: int) -> str:
        return "\n" + " " * (self._options.indent * depth) if self._options.indent else ""

    def root(self, value: Any) -> None:
        if self._options.root:
            name = self._options.root
            self._element(name, {self._options.item: value} if isinstance(value, list | tuple) else value, 0)
            return
        if not isinstance(value, dict) or len(value) != 1:
            found = f"an object with {len(value)} names" if isinstance(value, dict) else kind_of(value)
            raise UnwritableError(f"XML has one root element, but this is {found}: name it by `root`")
        ((name, inner),) = value.items()
        if isinstance(inner, list | tuple):
            raise UnwritableError(f"XML has one root element, but {name!r:.80} is a list: name another by `root`")
        self._element(name, inner, 0)

    def _element(self, name: Any, value: Any, depth: int) -> None:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise UnwritableError(f"{name!r:.80} cannot be the name of an element")
        if depth >= _DEEPEST:
            raise UnwritableError(f"the value is nested deeper than {_DEEPEST} levels")
        fields = value if isinstance(value, dict) else {self._text: value}
        inner = self._open(name, fields)
        text = fields.get(self._text)
        text = None if text is None else escape(self._plain(text, name), _RETURN)
        if not inner and not text:
            self.parts.append("/>")
            return
        self.parts.append(">" + (text or ""))
        for child, each in inner:
            self._children(child, each, depth + 1, bool(text))
        if inner and not text:
            self.parts.append(self._break(depth))
        self.parts.append(f"</{name}>")

    def _open(self, name: str, fields: dict[Any, Any]) -> list[tuple[Any, Any]]:
        """Writes the start of the tag, and gives what stands inside the element."""
        inner = []
        self.parts.append(f"<{name}")
        for each, value in fields.items():
            if self._prefix and isinstance(each, str) and each.startswith(self._prefix):
                self._attribute(each[len(self._prefix) :], value, name)
            elif each != self._text and value != []:
                inner.append((each, value))
        return inner

    def _attribute(self, name: str, value: Any, element: str) -> None:
        if not _NAME.fullmatch(name):
            raise UnwritableError(f"{name!r:.80} cannot be the name of an attribute of {element!r:.80}")
        if value is not None:
            self.parts.append(f' {name}="{escape(self._plain(value, f"{element}/@{name}"), _QUOTES)}"')

    def _children(self, name: Any, value: Any, depth: int, mixed: bool) -> None:
        for each in value if isinstance(value, list | tuple) else (value,):
            if isinstance(each, list | tuple):
                raise UnwritableError(f"{name!r:.80} is a list in a list, which XML cannot hold")
            if not mixed:
                self.parts.append(self._break(depth))
            self._element(name, each, depth)

    def _plain(self, value: Any, name: str) -> str:
        if not isinstance(value, str):
            if value is None or isinstance(value, dict | list | tuple | bytes | bytearray | memoryview):
                raise UnwritableError(f"the text of {name!r:.80} is {kind_of(value)}")
            try:
                value = msgspec.json.encode(value).decode().strip('"')
            except (TypeError, ValueError, msgspec.MsgspecError) as error:
                raise UnwritableError(f"the text of {name!r:.80} cannot stand in XML: {error}") from error
        bad = _FORBIDDEN.search(value)
        if bad is not None:
            raise UnwritableError(f"the text of {name!r:.80} has the character U+{ord(bad[0]):04X}, which XML forbids")
        return str(value)
