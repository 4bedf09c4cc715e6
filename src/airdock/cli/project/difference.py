"""Differences of two sides of a project, as people read them."""

from collections.abc import Iterator, Mapping

from airdock.api.shapes import Difference, FileChange, FileDifference
from airdock.cli.terminal import paint, printable

_SIGNS: dict[FileChange, str] = {"added": "+", "changed": "~", "removed": "-"}
_COLOURS: dict[FileChange, str] = {"added": "green", "changed": "yellow", "removed": "red"}


def compare(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Difference:
    """What must be done to the first side to get the second one, with the texts."""
    from airdock.repository.difference import compare
    from airdock.repository.manifest import manifest_of
    from airdock.repository.text_difference import compare_texts

    found = compare_texts(compare(manifest_of(before), manifest_of(after)), before, after)
    return Difference(files=[FileDifference(path=each.path, change=each.change, text=each.text) for each in found])


def file_lines(difference: Difference) -> Iterator[str]:
    """A line per file: `  ~ orders.flow`."""
    for file in difference.files:
        yield f"  {paint(_SIGNS[file.change], _COLOURS[file.change])} {printable(file.path)}"


def text_lines(difference: Difference) -> Iterator[str]:
    """The unified diff of every file, coloured on a terminal."""
    for file in difference.files:
        if file.text is None:
            yield paint(f"{file.change}: {printable(file.path)} (no text, or too large)", _COLOURS[file.change])
        else:
            yield from map(_line, file.text.splitlines() or [f"{file.change}: {file.path} (empty)"])


def counted(difference: Difference) -> str:
    """How much differs, in words: `2 files changed, 1 added`."""
    counts = {change: sum(1 for file in difference.files if file.change == change) for change in _SIGNS}
    told = [f"{count} {change}" for change, count in counts.items() if count]
    return ", ".join(told) or "no difference"


def _line(line: str) -> str:
    text = printable(line.replace("\t", "    "))
    if line.startswith(("+++", "---")):
        return paint(text, "bold")
    if line.startswith("@@"):
        return paint(text, "cyan")
    return paint(text, {"+": "green", "-": "red"}.get(line[:1], "")) if line[:1] in "+-" and line else text
