"""Avro."""

import io
import struct
from typing import Any

import msgspec

from airdock.errors import DescriptorError, Place, Problem
from airdock.formats.avro_blocks import records_of
from airdock.formats.avro_schema import SchemaFaultError, check_schema, has_logical
from airdock.formats.avro_values import Preparing, plain_value
from airdock.formats.extras import library
from airdock.formats.format import ContentError, Format, Read, ReadFile, Reading, UnwritableError, Write, Writing
from airdock.formats.text import bytes_of, kind_of
from airdock.spec.fields import field
from airdock.spec.kinds import Choice, Integer, Literal, Module, Size

FILE_TYPE = "application/avro"
DATUM_TYPE = "avro/binary"
BROKEN = (EOFError, ValueError, TypeError, LookupError, ArithmeticError, MemoryError, AttributeError, struct.error)
"""What the library raises for data that does not fit."""

SCHEMA = field(
    Literal(("object", "array", "string")),
    "The schema, as Avro writes it in JSON.",
    example={"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]},
)
SCHEMA_FILE = field(
    Module((".avsc", ".json")), "Path of a file with the schema.", default="", example="/shop/order.avsc"
)
ENCODING = field(
    Choice(("file", "datum")),
    "An object container file, which has its schema and any number of records; or one value alone.",
    default="file",
)


class AvroReading(Reading):
    """Avro becomes a list of records, or with `"encoding": "datum"` one value.

    A file is read by the schema that it has, and resolved to `schema` where that is given; its blocks may be packed by
    `deflate`. Decimals, dates, times and UUIDs are texts, dates and times in ISO 8601; bytes are bytes. A schema that
    refers to itself is an error, as data of it could be nested without end. Needs `airdock[avro]`.
    """

    slow = True

    encoding: str = ENCODING
    schema: Any = SCHEMA
    schema_file: str = SCHEMA_FILE
    max_records: int = field(Integer(1, 100_000_000), "A file may have so many records.", default=100_000)
    max_size: int = field(
        Size(), "More than this may not come out of packed blocks.", default=64 * 1024**2, unit="bytes"
    )

    def compile(self, file: ReadFile) -> Read:
        avro = library("fastavro", "avro", self.place)
        own = _schema_of(self, avro, file)
        read_datum = avro.schemaless_reader
        logical = has_logical(own)

        def read_one(data: bytes) -> Any:
            stream = io.BytesIO(data)
            value = read_datum(stream, own, None)
            if stream.tell() != len(data):
                raise ContentError(f"{len(data) - stream.tell()} bytes stand behind the value")
            return plain_value(value) if logical else value

        def read(data: str | bytes, content_type: str) -> Any:
            content = bytes_of(data)
            try:
                if self.encoding == "datum":
                    return read_one(content)
                return list(records_of(avro, content, own, self.max_records, self.max_size))
            except (*BROKEN, avro.read.SchemaResolutionError) as error:
                raise ContentError(f"{type(error).__name__}: {error}") from error

        return read

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return _check_schema(element, needed=element.encoding == "datum")


class AvroWriting(Writing):
    """A list of records becomes an Avro object container file, or with `"encoding": "datum"` a value Avro's bytes.

    Decimals, dates, times and UUIDs may be texts, as `unmarshal` gives them. Needs `airdock[avro]`.
    """

    slow = True

    encoding: str = ENCODING
    schema: Any = SCHEMA
    schema_file: str = SCHEMA_FILE
    packed: str = field(Choice(("deflate", "none")), "How the blocks of a file are packed.", default="deflate")

    def compile(self, file: ReadFile) -> Write:
        avro = library("fastavro", "avro", self.place)
        schema = _schema_of(self, avro, file)
        logical = has_logical(schema)
        whole = schema if self.encoding == "datum" else {"type": "array", "items": schema}
        prepare = Preparing(whole).prepared

        def write(value: Any) -> tuple[bytes, str]:
            out = io.BytesIO()
            try:
                value = prepare(value) if logical else value
                if self.encoding == "datum":
                    avro.validation.validate(value, schema)
                    avro.schemaless_writer(out, schema, value)
                    return out.getvalue(), DATUM_TYPE
                codec = "null" if self.packed == "none" else "deflate"
                avro.writer(out, schema, _list(value), codec=codec, validator=True)
            except (*BROKEN, RecursionError, avro.validation.ValidationError) as error:
                raise UnwritableError(f"it does not fit the schema: {str(error)[:500]}") from error
            return out.getvalue(), FILE_TYPE

        return write

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return _check_schema(element, needed=True)


def _list(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise UnwritableError(f"the records are the items of a list, not of {kind_of(value)}")
    return value


def _check_schema(element: Any, needed: bool) -> list[tuple[str, str]]:
    if element.schema is not None and element.schema_file:
        return [("schemaFile", "`schema` stands in place of `schemaFile`: keep one of the two")]
    if needed and element.schema is None and not element.schema_file:
        return [("", "give `schema` (in place) or `schemaFile` (the path of a file), one of the two")]
    return []


def _schema_of(options: Any, avro: Any, file: ReadFile) -> Any:
    """The schema of options, parsed; None where there is none."""
    schema, place = options.schema, options.place_of("schema")
    try:
        if options.schema_file:
            place = options.place_of("schemaFile")
            schema = msgspec.json.decode(file(options.schema_file, place))
        if schema is None:
            return None
        check_schema(schema)
        return avro.parse_schema(schema)
    except (SchemaFaultError, msgspec.MsgspecError, avro.schema.SchemaParseException, *BROKEN) as error:
        raise _fault(f"this is no Avro schema that can be used: {error}", place) from error
    except avro.schema.UnknownType as error:
        raise _fault(f"the Avro schema names a type that is not known: {error.name}", place) from error


def _fault(message: str, place: Place) -> DescriptorError:
    return DescriptorError([Problem("descriptor.value", message, place)])


FORMAT = Format("avro", AvroReading, AvroWriting)
