"""The syntax of an EDIFACT interchange: its separators and its character set."""

import re

from airdock.formats.format import ContentError
from airdock.formats.segments import Separators

UNA = "UNA"
DEFAULT = Separators(("+", "", ":", ""), "?", "'")
_FOURTH = Separators(("+", "*", ":", ""), "?", "'")
_SYNTAX = re.compile(rb"UNB.(UNO[A-Z]).([0-9])", re.DOTALL)
_CHARSETS = {
    "UNOC": "iso-8859-1",
    "UNOD": "iso-8859-2",
    "UNOE": "iso-8859-5",
    "UNOF": "iso-8859-7",
    "UNOG": "iso-8859-3",
    "UNOH": "iso-8859-4",
    "UNOI": "iso-8859-6",
    "UNOJ": "iso-8859-8",
    "UNOK": "iso-8859-9",
    "UNOW": "utf-8",
    "UNOX": "iso2022_kr",
    "UNOY": "utf-8",
}


def syntax_charset(identifier: str) -> str:
    """The character set that a syntax identifier such as `"UNOC"` means; Latin-1 for those that are only ASCII."""
    return _CHARSETS.get(identifier, "iso-8859-1")


def charset_of_syntax(data: bytes) -> str:
    """The character set that the bytes of an interchange tell."""
    match = _SYNTAX.search(data, 0, 1000)
    return syntax_charset(match[1].decode()) if match else "iso-8859-1"


def separators_of(text: str) -> tuple[Separators, int]:
    """The separators of an interchange, and where its first segment begins.

    Raises:
        ContentError: UNA is cut off, or names a separator twice.
    """
    if not text.startswith(UNA):
        fourth = re.match(r"UNB\+UNO[A-Z]:4", text)
        return (_FOURTH if fourth else DEFAULT), 0
    if len(text) < 9:
        raise ContentError("UNA is cut off")
    component, element, _, release, repetition, end = tuple(text[3:9])
    marks = [mark for mark in (component, element, release, repetition, end) if mark != " "]
    if len(set(marks)) < len(marks) or any(mark.isalnum() for mark in marks):
        raise ContentError(f"UNA names separators that cannot be told apart: {text[3:9]!r}")
    levels = (element, repetition.strip(), component, "")
    return Separators(levels, release.strip(), end), 9
