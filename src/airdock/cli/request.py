"""The request of `airdock call`, from what was written on the command line."""

import string
import sys
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urlencode, urlsplit

import msgspec

from airdock.cli.terminal import fail

FLOWS = "/services/flow/"


class Sent(NamedTuple):
    """A request: method, address (path, and query behind `?`), header fields, body."""

    method: str
    address: str
    headers: dict[str, str]
    body: bytes


def make_request(
    address: str, method: str, headers: list[str], data: str | None, json: str | None, form: list[str]
) -> Sent:
    """The request; the method is POST where there is a body and none is named.

    Ends the program with code 2 for what is no header, no JSON, or more than one body.
    """
    given = [name for name, value in (("--data", data), ("--json", json), ("--form", form)) if value]
    if len(given) > 1:
        fail(f"{' and '.join(given)} are each a whole body: keep one", 2)
    content_type, body = _body(data, json, form)
    fields = {"content-type": content_type} if content_type else {}
    for name, value in map(_header, headers):
        fields[name] = f"{fields[name]}, {value}" if name in fields and name != "content-type" else value
    return Sent((method or ("POST" if given else "GET")).upper(), address, fields, body)


def split_address(written: str) -> tuple[str, str]:
    """Path and query of an address, of a file, or of a whole URL."""
    if written.startswith(("http://", "https://")):
        parts = urlsplit(written)
        return unquote(parts.path), parts.query
    path, _, query = written.partition("?")
    return unquote(path), query


def joined_address(path: str, query: str) -> str:
    """The address of a flow by its path in the registry, or by its whole address."""
    # What a browser would do: only what no address can hold is encoded.
    query = quote(query, safe=string.punctuation)
    whole = path if path.startswith("/services/") else FLOWS + path.lstrip("/")
    return f"{whole}?{query}" if query else whole


def _body(data: str | None, json: str | None, form: list[str]) -> tuple[str, bytes]:
    if json is not None:
        body = _content(json)
        try:
            msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            fail(f"--json is not JSON: {error}", 2)
        return "application/json", body
    if form:
        return "application/x-www-form-urlencoded", urlencode([_pair(each) for each in form]).encode()
    if data is not None:
        return "application/x-www-form-urlencoded", _content(data)
    return "", b""


def _content(written: str) -> bytes:
    """The text itself, or what the file behind `@` holds; `@-` is standard input."""
    if not written.startswith("@"):
        return written.encode("utf-8", "surrogateescape")
    try:
        return sys.stdin.buffer.read() if written == "@-" else Path(written[1:]).read_bytes()
    except OSError as error:
        fail(f"{written[1:]} cannot be read: {error.strerror or error}", 2)


def _pair(written: str) -> tuple[str, str]:
    name, equals, value = written.partition("=")
    if not equals:
        fail(f"--form takes name=value, not {written!r}", 2)
    return name, value


def _header(written: str) -> tuple[str, str]:
    name, colon, value = written.partition(":")
    if not colon or not name.strip():
        fail(f"--header takes 'name: value', not {written!r}", 2)
    return name.strip().lower(), value.strip()
