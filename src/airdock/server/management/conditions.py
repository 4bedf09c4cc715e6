"""Conditions on the state of a file: `If-Match` and `If-None-Match` (RFC 9110), so that no edit is lost unseen."""

import re

from litestar.exceptions import ClientException

_TAG = re.compile(r'\s*(?:W/)?"([^"]*)"\s*(?:,|$)')


class UnconditionalError(ClientException):
    """A file that exists was to be written without saying which state of it was read."""

    status_code = 428

    def __init__(self) -> None:
        super().__init__("The file exists: send If-Match with the ETag that was read, or If-Match: * to overwrite it.")


class Condition:
    """What a request demands of the file that it changes.

    Attributes:
        absent: It must not exist (`If-None-Match: *`).
        present: It must exist (`If-Match: *`).
        etags: It must be one of these; empty if none was named.
    """

    def __init__(self, if_match: str | None, if_none_match: str | None) -> None:
        """
        Raises:
            ClientException: 400, a header cannot be read, or `If-None-Match` says something else than `*`.
        """
        if if_none_match is not None and if_none_match.strip() != "*":
            raise ClientException("If-None-Match of a change can only be *: the file must not exist.")
        if if_none_match is not None and if_match is not None:
            raise ClientException("If-Match and If-None-Match exclude each other.")
        self.absent = if_none_match is not None
        self.present = if_match is not None and if_match.strip() == "*"
        self.etags = _tags(if_match) if if_match is not None and not self.present else ()

    @property
    def is_given(self) -> bool:
        return self.absent or self.present or bool(self.etags)

    def holds(self, etag: str | None) -> bool:
        """Whether a file in this state, None for one that does not exist, is as demanded."""
        if self.absent:
            return etag is None
        if self.present:
            return etag is not None
        return not self.etags or etag in self.etags


def quoted(etag: str) -> str:
    """An etag as the header `ETag` has it."""
    return f'"{etag}"'


def is_among(if_none_match: str | None, etag: str) -> bool:
    """Whether the reader has this state already, by its `If-None-Match`; one that cannot be read says nothing."""
    if if_none_match is None:
        return False
    try:
        return if_none_match.strip() == "*" or etag in _tags(if_none_match)
    except ClientException:
        return False


def _tags(header: str) -> tuple[str, ...]:
    tags, position = [], 0
    while position < len(header):
        found = _TAG.match(header, position)
        if found is None:
            raise ClientException('An etag is written in quotes: If-Match: "…".')
        tags.append(found[1])
        position = found.end()
    if not tags:
        raise ClientException('An etag is written in quotes: If-Match: "…".')
    return tuple(tags)
