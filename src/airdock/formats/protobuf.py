"""Protocol Buffers."""

from typing import Any

from airdock.errors import DescriptorError, Problem
from airdock.formats.extras import library
from airdock.formats.format import (
    ContentError,
    Format,
    Read,
    ReadFile,
    Reading,
    TooLargeError,
    UnwritableError,
    Write,
    Writing,
)
from airdock.formats.protobuf_schema import NoSchemaError, message_class
from airdock.formats.text import bytes_of, kind_of
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Boolean, Integer, Module, Text

TYPE = "application/x-protobuf"

SCHEMA = field(Text(), "The schema in place, as a `.proto` file has it.", default="")
SCHEMA_FILE = field(
    Module((".proto", ".desc")),
    "Path of a `.proto` file, or of a descriptor set (`protoc --include_imports --descriptor_set_out`).",
    default="",
    example="/shop/order.proto",
)
MESSAGE = field(
    Text(r"[A-Za-z_][\w.]*", "the full name of a message"),
    "The message, with its package.",
    default=REQUIRED,
    example="shop.Order",
)
DELIMITED = field(
    Boolean(), "Messages follow each other, each behind its length: the value is a list of them.", default=False
)


class ProtobufReading(Reading):
    """A message of Protocol Buffers becomes an object, as proto3's mapping to JSON has it.

    Names are in camelCase, 64-bit integers are texts, bytes are base64, enum values their names, times ISO 8601.
    Fields that are not set are left out. Needs `airdock[protobuf]`.
    """

    slow = True

    schema: str = SCHEMA
    schema_file: str = SCHEMA_FILE
    message: str = MESSAGE
    delimited: bool = DELIMITED
    original_names: bool = field(Boolean(), "Names are as the schema writes them.", default=False)
    defaults: bool = field(Boolean(), "Fields that are not set have their default values.", default=False)
    max_messages: int = field(Integer(1, 10_000_000), "There may be so many messages.", default=100_000)

    def compile(self, file: ReadFile) -> Read:
        message = _message(self, file)
        json_format = library("google.protobuf.json_format", "protobuf", self.place)
        broken = (library("google.protobuf.message", "protobuf", self.place).DecodeError, ValueError, TypeError)
        options = {
            "preserving_proto_field_name": self.original_names,
            "always_print_fields_with_no_presence": self.defaults,
        }

        def one(data: bytes) -> Any:
            return json_format.MessageToDict(message.FromString(data), **options)

        def read(data: str | bytes, content_type: str) -> Any:
            content = bytes_of(data)
            try:
                return [one(each) for each in _cut(content, self.max_messages)] if self.delimited else one(content)
            except broken as error:
                raise ContentError(str(error)) from error

        return read

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return _check_schema(element)


class ProtobufWriting(Writing):
    """An object becomes a message of Protocol Buffers, as proto3's mapping to JSON has it.

    Names may be in camelCase or as the schema writes them; a name that the message does not have is an error. Needs
    `airdock[protobuf]`.
    """

    slow = True

    schema: str = SCHEMA
    schema_file: str = SCHEMA_FILE
    message: str = MESSAGE
    delimited: bool = DELIMITED
    ignore_unknown: bool = field(Boolean(), "A name that the message does not have is passed over.", default=False)

    def compile(self, file: ReadFile) -> Write:
        message = _message(self, file)
        json_format = library("google.protobuf.json_format", "protobuf", self.place)
        ignore = self.ignore_unknown

        def one(value: Any) -> bytes:
            if not isinstance(value, dict):
                raise UnwritableError(f"a message is an object, not {kind_of(value)}")
            try:
                written: bytes = json_format.ParseDict(
                    value, message(), ignore_unknown_fields=ignore
                ).SerializeToString()
            except (json_format.ParseError, ValueError, TypeError, RecursionError) as error:
                raise UnwritableError(str(error)) from error
            return written

        def write(value: Any) -> tuple[bytes, str]:
            if not self.delimited:
                return one(value), TYPE
            if not isinstance(value, list | tuple):
                raise UnwritableError(f"the messages are the items of a list, not of {kind_of(value)}")
            return b"".join(_length(len(each)) + each for each in map(one, value)), TYPE

        return write

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return _check_schema(element)


def _check_schema(element: Any) -> list[tuple[str, str]]:
    if bool(element.schema) == bool(element.schema_file):
        return [("", "give `schema` (in place) or `schemaFile` (the path of a file), one of the two")]
    return []


def _message(options: Any, file: ReadFile) -> Any:
    name = "schemaFile" if options.schema_file else "schema"
    try:
        return message_class(options, file)
    except NoSchemaError as error:
        raise DescriptorError([Problem("descriptor.value", str(error), options.place_of(name), error.hint)]) from error


def _cut(data: bytes, most: int) -> list[bytes]:
    """The messages that stand behind their lengths."""
    messages: list[bytes] = []
    at = 0
    while at < len(data):
        size, shift = 0, 0
        while True:
            if at >= len(data) or shift > 35:
                raise ContentError(f"message {len(messages) + 1} has no length")
            byte = data[at]
            at += 1
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        if at + size > len(data):
            raise ContentError(f"message {len(messages) + 1} is cut off")
        messages.append(data[at : at + size])
        at += size
        if len(messages) > most:
            raise TooLargeError(f"there are more than `maxMessages`, {most}")
    return messages


def _length(size: int) -> bytes:
    out = bytearray()
    while size > 127:
        out.append(size & 127 | 128)
        size >>= 7
    out.append(size)
    return bytes(out)


FORMAT = Format("protobuf", ProtobufReading, ProtobufWriting)
