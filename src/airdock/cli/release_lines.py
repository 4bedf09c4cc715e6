"""Releases as people read them."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from airdock.api.registry import Release
from airdock.cli.terminal import paint, shortened

_REVISION = 12
"""Characters of a revision that are shown, as many as tell commits apart."""


def release_line(release: Release) -> str:
    """A release in one line: `4  2026-05-04 13:05  ann  Tea is cheaper`."""
    return f"{release.number}  {local_time(release.at)}  {shortened(release.user, 40)}  {_what(release)}".rstrip()


def release_lines(releases: Iterable[Release], current: int | None) -> Iterator[str]:
    """A table of releases; the current one is marked."""
    rows = list(releases)
    if not rows:
        yield "there are no releases"
        return
    width = max(len("BY"), *(len(shortened(each.user, 40)) for each in rows))
    yield paint(f"  {'RELEASE':>7}  {'PUBLISHED':<16}  {'BY':<{width}}  MESSAGE", "dim")
    for each in rows:
        mark = paint("*", "green") if each.number == current else " "
        head = f"{each.number:>7}  {local_time(each.at):<16}  {shortened(each.user, 40):<{width}}"
        yield f"{mark} {head}  {_what(each)}".rstrip()


def local_time(moment: datetime) -> str:
    """A moment in the time zone of this machine: `2026-05-04 13:05`."""
    return moment.astimezone().replace(tzinfo=None).isoformat(" ", "minutes")


def _what(release: Release) -> str:
    said = shortened(release.message, 100)
    if release.kind == "rollback":
        said = f"back to {release.source}{': ' + said if said else ''}"
    if release.kind == "unpublish":
        said = f"unpublished{': ' + said if said else ''}"
    return said + paint(_revision(release.revision), "dim")


def _revision(revision: str) -> str:
    if not revision:
        return ""
    commit, dash, dirty = revision.partition("-")
    return f"  [{shortened(commit, _REVISION + 1).rstrip('…')[:_REVISION]}{dash}{dirty}]"
