"""Formats as the steps use them."""

from typing import Any

import pytest

from airdock.errors import DescriptorError, Place, Problem
from airdock.formats.format import ContentError, Reading, UnwritableError, Writing


def no_files(path: str, place: Place) -> bytes:
    raise DescriptorError([Problem("descriptor.reference", f"there is no file {path!r}", place)])


def read(options: Reading, data: str | bytes, content_type: str = "") -> Any:
    """The value of content."""
    return options.compile(no_files)(data, content_type)


def write(options: Writing, value: Any) -> Any:
    """The content of a value."""
    return options.compile(no_files)(value)[0]


def content_type(options: Writing, value: Any) -> str:
    """The content type of a value's content."""
    return options.compile(no_files)(value)[1]


def unreadable(options: Reading, data: str | bytes, content_type: str = "", error: Any = ContentError) -> str:
    """What is wrong with content."""
    with pytest.raises(error) as caught:
        read(options, data, content_type)
    assert type(caught.value) is error
    return str(caught.value)


def unwritable(options: Writing, value: Any) -> str:
    """What is wrong with a value."""
    with pytest.raises(UnwritableError) as caught:
        write(options, value)
    return str(caught.value)
