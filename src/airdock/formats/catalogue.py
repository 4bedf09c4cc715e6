"""Every format that `unmarshal` reads and `marshal` writes."""

from airdock.formats import (
    avro,
    base64,
    csv,
    edifact,
    excel,
    fixed_length,
    form,
    gzip,
    hl7,
    json,
    msgpack,
    multipart,
    ndjson,
    protobuf,
    x12,
    xml,
    yaml,
    zip,
)
from airdock.formats.format import Format

FORMATS: tuple[Format, ...] = (
    json.FORMAT,
    ndjson.FORMAT,
    xml.FORMAT,
    csv.FORMAT,
    yaml.FORMAT,
    form.FORMAT,
    multipart.FORMAT,
    avro.FORMAT,
    protobuf.FORMAT,
    msgpack.FORMAT,
    excel.FORMAT,
    edifact.FORMAT,
    x12.FORMAT,
    hl7.FORMAT,
    fixed_length.FORMAT,
    zip.FORMAT,
    gzip.FORMAT,
    base64.FORMAT,
)
"""Every format, in the order of the reference."""
