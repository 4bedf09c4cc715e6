"""What WebDAV tells of files: answers to PROPFIND."""

from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from airdock.connectors.file.remote.files import Entry
from airdock.formats.format import ContentError
from airdock.formats.xml import XmlReading

ASKED = (
    b'<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop>'
    b"<resourcetype/><getcontentlength/><getlastmodified/><getetag/></prop></propfind>"
)
"""The question."""


class Described:
    """What is at a path of the server: its entry, and the tag of its content."""

    __slots__ = ("entry", "path", "tag")

    def __init__(self, path: str, entry: Entry, tag: str) -> None:
        self.path = path
        self.entry = entry
        self.tag = tag


_read = XmlReading(prefixes={"D": "DAV:"}, lists=["D:response", "D:propstat"]).compile(lambda path, place: b"")


def described(content: bytes) -> list[Described]:
    """What an answer describes; paths are decoded and have no slash at their end.

    Raises:
        ValueError: the content is no such answer.
    """
    try:
        document = _read(content, "")
    except ContentError as error:
        raise ValueError(str(error)) from error
    status = document.get("D:multistatus") if isinstance(document, dict) else None
    if not isinstance(status, dict):
        raise ValueError("it is no `multistatus` of WebDAV")
    return [_described(each) for each in status.get("D:response", ()) if isinstance(each, dict)]


def _described(response: dict[str, Any]) -> Described:
    path = unquote(urlsplit(_text(response.get("D:href"))).path).rstrip("/")
    known: dict[str, Any] = {}
    for each in response.get("D:propstat", ()):
        if isinstance(each, dict) and isinstance(each.get("D:prop"), dict) and " 2" in _text(each.get("D:status")):
            known |= each["D:prop"]
    kind = known.get("D:resourcetype")
    folder = isinstance(kind, dict) and "D:collection" in kind
    size = _text(known.get("D:getcontentlength"))
    entry = Entry(path.rpartition("/")[2], folder, int(size) if size.isdigit() else 0, _time(known))
    return Described(path, entry, _text(known.get("D:getetag")))


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("#text")
    return value if isinstance(value, str) else ""


def _time(known: dict[str, Any]) -> float:
    try:
        return parsedate_to_datetime(_text(known.get("D:getlastmodified"))).timestamp()
    except ValueError:
        return 0.0
