"""Layouts of records whose fields have fixed lengths."""

from typing import Any

from airdock.errors import Place
from airdock.formats.format import ReadFile
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import Choice, Integer, ListOf, Module, Record, Text
from airdock.spec.plain import element_of

_ONE = Text(r"[\s\S]", "one character")


class FixedField(Spec):
    """A field of a record. Fields follow each other; a filler has no `name`, and is passed over."""

    name: str = field(Text(), "Its name in the object; none for a filler.", default="", example="account")
    length: int = field(Integer(1, 100_000), "How many characters it has.", default=REQUIRED, example=10)
    type: str = field(
        Choice(("text", "integer", "decimal")),
        "A text; a whole number; a number with `scale` digits behind a point that does not stand there.",
        default="text",
    )
    scale: int = field(Integer(0, 15), "Of a decimal: so many of its digits are behind the point.", default=0)
    align: str = field(
        Choice(("", "left", "right")),
        "Where the value stands in the field; left for a text, right for a number if left out.",
        default="",
    )
    pad: str | None = field(_ONE, "What fills the field up; a space for a text, 0 for a number if left out.")
    value: str = field(Text(), "It has this text always: it is checked, and written.", default="", example="H")

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if element.scale and element.type != "decimal":
            return [("scale", '`scale` is for `"type": "decimal"`')]
        if len(element.value) > element.length:
            return [("value", f"`value` is longer than the field, {element.length} characters")]
        return []


class FixedRecord(Spec):
    """A kind of record, known by a text that stands at a place of its own."""

    name: str = field(Text(".+", "a name"), "What the object has as its `record`.", default=REQUIRED, example="header")
    match: str = field(Text(r"[\s\S]+", "a text"), "The text that such a record has.", default=REQUIRED, example="H")
    at: int = field(Integer(1, 1_000_000), "Where the text begins; 1 is the first character.", default=1)
    fields_: list[FixedField] = field(
        ListOf(Record(FixedField), 1), "The fields, in order.", name="fields", default=REQUIRED
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        length = sum(each.length for each in element.fields_)
        if element.at - 1 + len(element.match) > length:
            return [("match", f"`match` stands behind the end of the record, {length} characters")]
        return check_names(element.fields_)


class Layout(Spec):
    """A layout in a file of its own: what the step would have in place."""

    fields_: list[FixedField] = field(ListOf(Record(FixedField)), "The fields of records.", name="fields", default=[])
    records: list[FixedRecord] = field(ListOf(Record(FixedRecord)), "The kinds of records.", default=[])

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_layout(element)


FIELDS = field(
    ListOf(Record(FixedField)),
    "The fields of a record, in order, where all records are alike.",
    name="fields",
    default=[],
    example=[{"name": "account", "length": 10}, {"name": "amount", "length": 9, "type": "decimal", "scale": 2}],
)
RECORDS = field(
    ListOf(Record(FixedRecord)),
    "The kinds of records, where they differ; each object then has `record`, the name of its kind.",
    default=[],
)
LAYOUT = field(
    Module((".json",)),
    "Path of a JSON file with `fields` or `records`, in place of them.",
    default="",
    example="/bank/statement.json",
)
LINE_END = field(
    Choice(("lf", "crlf", "none")), "What ends a record; `none`: records follow each other at once.", default="lf"
)


def check_layout(element: Any) -> list[tuple[str, str]]:
    """The rules of what has a layout, for `Spec.check`."""
    given = [bool(element.fields_), bool(element.records), bool(getattr(element, "layout", ""))]
    if sum(given) != 1:
        return [("", "give one of `fields`, `records` and `layout`" if len(given) else "")]
    names = [each.name for each in element.records]
    if len(set(names)) < len(names):
        return [("records", "two records have one name")]
    return check_names(element.fields_)


def check_names(fields: list[FixedField]) -> list[tuple[str, str]]:
    """The rule that fields of one record have names of their own."""
    names = [each.name for each in fields if each.name]
    twice = next((name for name in names if names.count(name) > 1), None)
    return [("fields", f"two fields are called {twice!r}")] if twice else []


def layout_of(options: Any, file: ReadFile) -> Any:
    """What has the fields or the records of options: these themselves, or the file that they name.

    Raises:
        DescriptorError: the file is not there, or is no layout.
    """
    if not options.layout:
        return options
    place: Place = options.place_of("layout")
    return element_of(Layout, file(options.layout, place), place, f"/{options.layout}")
