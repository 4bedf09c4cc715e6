"""What a step changed, as lines."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from airdock.cli.terminal import paint, printable, shortened
from airdock.response import ABSENT
from airdock.runlog.masking import MASK, Masker
from airdock.runlog.preview import preview

if TYPE_CHECKING:
    from airdock.testing.changes import Change

LONGEST = 100
"""Characters of a value in a line."""


def change_lines(changes: Iterable["Change"], masker: Masker) -> Iterator[str]:
    """A line per change: `+ properties.tier = "gold"`, `~ body.total: 5 → 7`, `- headers.x-a`."""
    for change in changes:
        path = printable(change.path)
        if change.after is ABSENT:
            yield paint(f"- {path}", "red")
        elif change.before is ABSENT:
            yield paint(f"+ {path} = {_shown(change.path, change.after, masker)}", "green")
        else:
            before, after = (_shown(change.path, value, masker) for value in (change.before, change.after))
            yield paint(f"~ {path}: {before} → {after}", "yellow")


def change_documents(changes: Iterable["Change"], masker: Masker) -> list[dict[str, Any]]:
    """The same for programs: `path`, and `before` and `after` where there was, or is, a value."""
    documents = []
    for change in changes:
        values = {"before": change.before, "after": change.after}
        told = {name: _masked(change.path, value, masker) for name, value in values.items() if value is not ABSENT}
        documents.append({"path": change.path, **told})
    return documents


def _shown(path: str, value: Any, masker: Masker) -> str:
    return shortened(msgspec.json.encode(_masked(path, value, masker), enc_hook=str).decode(), LONGEST)


def _masked(path: str, value: Any, masker: Masker) -> Any:
    name = path.rpartition(".")[2].partition("[")[0]
    return MASK if value is not None and masker.is_secret(name) else preview(masker, value, 10 * LONGEST)
