"""XML."""

import re
from typing import Any
from xml.parsers import expat

from airdock.formats.format import ContentError, Format, Read, ReadFile, Reading, TooLargeError
from airdock.formats.lists import add_value
from airdock.formats.text import bytes_of, charset_field, charset_of, check_charset, text_of
from airdock.formats.xml_writing import ATTRIBUTE_PREFIX, TEXT_NAME, XmlWriting
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Choice, Integer, ListOf, MapOf, Text

_UTF8 = re.compile(r"(?i)utf-?8")
_SEPARATOR = "\n"


class XmlReading(Reading):
    """XML becomes an object with the root element's name.

    An element is an object: its attributes by `@name`, the elements in it by their names, its text by `#text`. Of
    elements with one name that stand together in another there is a list; one alone is no list unless `lists` names
    it. An element that has nothing but a text is that text, one that has nothing at all is null. Every value is a
    text. Comments and processing instructions are passed over; where text and elements are mixed, their order is lost.

    A document type declaration is an error, whatever it holds: there are no entities but those of XML itself, and
    nothing is ever fetched.
    """

    slow = True

    attribute_prefix: str = ATTRIBUTE_PREFIX
    text_name: str = TEXT_NAME
    lists: list[str] = field(
        ListOf(Text()), "Names of elements that are always in a list.", default=[], example=["item"]
    )
    namespaces: str = field(
        Choice(("keep", "strip")),
        "Names stay as they are written, with their prefixes, and declarations are attributes; or the prefixes and the"
        " declarations are left out.",
        default="keep",
    )
    prefixes: dict[str, str] = field(
        MapOf(Text(".+", "a namespace")),
        "Prefixes by which names are known, whatever the document calls them, and the namespaces that they stand for;"
        ' `""` is for names without a prefix. Other namespaces are in braces in front of the name.',
        default={},
        example={"soap": "http://www.w3.org/2003/05/soap-envelope"},
    )
    strip: bool = field(Boolean(), "White space around a text is taken away.", default=True)
    charset: str = charset_field("Character set of bytes; if left out, what the content type or the document says.")
    max_depth: int = field(Integer(1, 500), "Elements may be nested so many levels.", default=200)

    def compile(self, file: ReadFile) -> Read:
        by_namespace = {namespace: prefix for prefix, namespace in self.prefixes.items()}

        def read(data: str | bytes, content_type: str) -> Any:
            builder = _Builder(self, by_namespace)
            told = self.charset or charset_of(content_type)
            if isinstance(data, str) or (told and not _UTF8.fullmatch(told)):
                # Not every charset is one that the parser knows.
                data, told = bytes_of(text_of(data, content_type, self.charset)), "utf-8"
            return builder.parse(data, told)

        return read

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        problems = check_charset(element)
        if element.prefixes and element.namespaces == "strip":
            problems.append(("prefixes", '`prefixes` and `"namespaces": "strip"` exclude each other'))
        return problems


class _Element:
    """An element that is open: what is known of it so far."""

    __slots__ = ("fields", "name", "texts")

    def __init__(self, name: str, fields: dict[str, Any]) -> None:
        self.name = name
        self.fields = fields
        self.texts: list[str] = []


class _Builder:
    """Builds the value of one document."""

    def __init__(self, options: XmlReading, by_namespace: dict[str, str]) -> None:
        self._options = options
        self._by_namespace = by_namespace
        self._qualified = bool(by_namespace) or options.namespaces == "strip"
        self._lists = frozenset(options.lists)
        self._open = [_Element("", {})]

    def parse(self, data: bytes, charset: str) -> Any:
        parser = expat.ParserCreate(charset or None, _SEPARATOR if self._qualified else None)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            place = f"line {error.lineno}, column {error.offset + 1}"
            raise ContentError(f"{place}: {expat.errors.messages.get(error.code, str(error))}") from error
        except (LookupError, ValueError) as error:
            raise ContentError(f"its encoding is none that is read: {error}") from error
        except ContentError as error:
            place = f"line {parser.CurrentLineNumber}, column {parser.CurrentColumnNumber + 1}"
            raise type(error)(f"{place}: {error}") from error
        return self._open[0].fields

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > self._options.max_depth:
            raise TooLargeError(f"elements are nested deeper than `maxDepth`, {self._options.max_depth} levels")
        prefix = self._options.attribute_prefix
        if self._qualified:
            name = self._named(name)
            attributes = {self._named(each): value for each, value in attributes.items()}
        self._open.append(_Element(name, {prefix + each: value for each, value in attributes.items()}))

    def _end(self, name: str) -> None:
        element = self._open.pop()
        fields = self._open[-1].fields
        name, value = element.name, self._value(element)
        add_value(fields, name, value, self._lists)

    def _value(self, element: _Element) -> Any:
        text = "".join(element.texts)
        # What stands between elements is how the document is laid out.
        if self._options.strip or (element.fields and not text.strip()):
            text = text.strip()
        if not element.fields:
            return text or None
        if text:
            element.fields[self._options.text_name] = text
        return element.fields

    def _text(self, text: str) -> None:
        self._open[-1].texts.append(text)

    def _named(self, name: str) -> str:
        namespace, separator, local = name.rpartition(_SEPARATOR)
        if not separator or self._options.namespaces == "strip":
            return local
        prefix = self._by_namespace.get(namespace)
        if prefix is None:
            return f"{{{namespace}}}{local}"
        return f"{prefix}:{local}" if prefix else local

    def _refuse_doctype(self, *_: Any) -> None:
        raise ContentError("a document type declaration (DTD) is not accepted")


FORMAT = Format("xml", XmlReading, XmlWriting)
