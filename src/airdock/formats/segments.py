"""Segments of elements of components: what EDIFACT, X12 and HL7 have in common.

A segment is `{"tag": "LIN", "elements": ["LIN", "1", "", ["5412345111115", "EN"]]}`: the tag stands at index 0, so that
an element has the number by which the standard calls it. An element is a text, a list of components, or
`{"repeat": [...]}` where it comes several times; a component is a text, or a list of subcomponents.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from airdock.formats.format import ContentError, TooLargeError, UnwritableError
from airdock.formats.text import kind_of
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Integer

Segment = dict[str, Any]

MAX_SEGMENTS = field(Integer(1, 10_000_000), "There may be so many segments.", default=100_000)
CHECK_COUNTS = field(
    Boolean(), "The counts and references at the ends of messages must be those of what stands before.", default=True
)
LINE_BREAKS = field(Boolean(), "Each segment stands on a line of its own, for people.", default=False)


class Separators(NamedTuple):
    """What stands between the parts; empty for a part that there is not.

    Attributes:
        levels: Between elements, repetitions, components and subcomponents, in this order.
        release: What takes the meaning of a separator away from the character behind it.
        segment: What ends a segment.
    """

    levels: tuple[str, ...]
    release: str
    segment: str


def split_released(text: str, separator: str, release: str) -> list[str]:
    """The parts of a text between separators that are not released; what releases stays where it is."""
    if not separator:
        return [text]
    pieces = text.split(separator)
    if not release or release not in text:
        return pieces
    parts: list[str] = []
    open_end = False
    for piece in pieces:
        if open_end:
            parts[-1] += separator + piece
        else:
            parts.append(piece)
        open_end = (len(piece) - len(piece.rstrip(release))) % 2 == 1
    return parts


def parse_element(text: str, separators: Separators, plain: Callable[[str], str]) -> Any:
    """An element of a text without separators of elements; `plain` makes the text of a part."""
    _, repetition, component, subcomponent = separators.levels
    repeats = split_released(text, repetition, separators.release)
    if len(repeats) > 1:
        return {"repeat": [_components(each, component, subcomponent, separators.release, plain) for each in repeats]}
    return _components(text, component, subcomponent, separators.release, plain)


def _components(text: str, component: str, subcomponent: str, release: str, plain: Callable[[str], str]) -> Any:
    parts = split_released(text, component, release)
    values: list[Any] = []
    for part in parts:
        inner = split_released(part, subcomponent, release)
        values.append(plain(part) if len(inner) == 1 else [plain(each) for each in inner])
    return values[0] if len(values) == 1 and isinstance(values[0], str) else values


def write_element(value: Any, separators: Separators, plain: Callable[[Any], str]) -> str:
    """The text of an element; `plain` makes that of a part.

    Raises:
        UnwritableError: it is none.
    """
    _, repetition, component, subcomponent = separators.levels
    if isinstance(value, dict):
        repeats = value.get("repeat")
        if not repetition or not isinstance(repeats, list | tuple):
            why = "has no `repeat`, a list" if repetition else "cannot be: nothing stands between repetitions here"
            raise UnwritableError(f"an element that is an object {why}")
        return repetition.join(_written(each, component, subcomponent, plain) for each in repeats)
    return _written(value, component, subcomponent, plain)


def _written(value: Any, component: str, subcomponent: str, plain: Callable[[Any], str]) -> str:
    if not isinstance(value, list | tuple):
        return plain(value)
    parts = [
        subcomponent.join(map(plain, part)) if subcomponent and isinstance(part, list | tuple) else plain(part)
        for part in value
    ]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return component.join(parts)


def plain_part(value: Any) -> str:
    """The text of a part that is to be written; a number stands as in JSON.

    Raises:
        UnwritableError: it is neither.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return str(value)
        except ValueError:
            raise UnwritableError("a number has too many digits") from None
    raise UnwritableError(f"a part is {kind_of(value)}, not a text or a number")


def elements_of(segment: Any, number: int) -> list[Any]:
    """The elements of a segment that is to be written, its tag at index 0; trailing empty ones are left out.

    Raises:
        UnwritableError: it is no segment.
    """
    given = segment.get("elements") if isinstance(segment, dict) else segment
    if not isinstance(given, list | tuple) or not given or not isinstance(given[0], str) or not given[0].isalnum():
        raise UnwritableError(f"segment {number} is not an object with `elements`, a list that begins with the tag")
    elements = list(given)
    while len(elements) > 1 and elements[-1] in ("", None, []):
        elements.pop()
    return elements


class Reader:
    """Goes through segments, and says where it stands when something is wrong."""

    def __init__(self, segments: Iterator[list[Any]], most: int) -> None:
        self.number = 0
        self._segments = segments
        self._most = most
        self._ahead: list[Any] | None = None

    def next(self) -> list[Any] | None:
        """The elements of the next segment; None at the end."""
        if self._ahead is not None:
            found, self._ahead = self._ahead, None
            return found
        elements = next(self._segments, None)
        if elements is not None:
            self.number += 1
            if self.number > self._most:
                raise TooLargeError(f"there are more than `maxSegments`, {self._most} segments")
        return elements

    def back(self, elements: list[Any]) -> None:
        """Has `next` give these elements once more."""
        self._ahead = elements

    def expect(self, *tags: str) -> list[Any]:
        """The next segment, which must have one of the tags.

        Raises:
            ContentError: it has not.
        """
        elements = self.next()
        if elements is None:
            raise ContentError(f"it ends behind segment {self.number} where {' or '.join(tags)} should come")
        if elements[0] not in tags:
            raise self.error(f"{elements[0]} where {' or '.join(tags)} should come")
        return elements

    def error(self, what: str) -> ContentError:
        """What is wrong with the segment that came last."""
        return ContentError(f"segment {self.number}: {what}")

    def check(self, elements: list[Any], index: int, expected: int | str, what: str) -> None:
        """Checks a count or a reference at the end of something.

        Raises:
            ContentError: it is another.
        """
        found = elements[index] if index < len(elements) else ""
        if isinstance(expected, int):
            same = isinstance(found, str) and found.isascii() and found.isdigit() and int(found) == expected
        else:
            same = found == expected
        if not same:
            raise self.error(f"{elements[0]} says that {what} is {found!r:.40}, but it is {expected!r:.40}")


def as_segment(elements: list[Any]) -> Segment:
    return {"tag": elements[0], "elements": elements}


def text_at(elements: list[Any], index: int, component: int = 0) -> str:
    """A text among elements, or their components; empty where there is none."""
    value: Any = elements[index] if index < len(elements) else ""
    if isinstance(value, list):
        value = value[component] if component < len(value) else ""
    elif component:
        return ""
    return value if isinstance(value, str) else ""
