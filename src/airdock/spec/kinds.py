"""The kinds of value that a field can hold. A kind is plain data; the reader and the schema interpret it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Kind:
    """What a value must be. Subclasses are the whole set; see `airdock.spec.schema` for their JSON Schema."""


@dataclass(frozen=True)
class Text(Kind):
    """A literal text, read as `str`. `pattern` is a regular expression that all of it must match."""

    pattern: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Choice(Kind):
    """One of some words, read as `str`."""

    options: tuple[str, ...]


@dataclass(frozen=True)
class Boolean(Kind):
    """`true` or `false`, read as `bool`."""


@dataclass(frozen=True)
class Integer(Kind):
    """A whole number, read as `int`."""

    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True)
class Number(Kind):
    """A number, read as `float`."""

    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class Duration(Kind):
    """`"250ms"`, `"30s"`, read as seconds (`float`)."""


@dataclass(frozen=True)
class Cron(Kind):
    """A Quartz cron expression, seconds first; read as `airdock.cron.CronExpression`."""


@dataclass(frozen=True)
class TimeZone(Kind):
    """The name of an IANA time zone, `"Europe/Berlin"`; read as `str`."""


@dataclass(frozen=True)
class Size(Kind):
    """`"64KB"`, `"10MB"`, read as bytes (`int`)."""


@dataclass(frozen=True)
class Literal(Kind):
    """A JSON value whose texts are plain text, `${` included, as a schema is; read as it is."""

    types: tuple[str, ...] = ("object", "array", "string", "number", "boolean", "null")


@dataclass(frozen=True)
class Scalar(Kind):
    """A text, number, boolean or null, read as it is."""


@dataclass(frozen=True)
class JsonSchema(Kind):
    """A JSON Schema (draft 2020-12), read as `dict` or `bool` and checked against the metaschema."""


@dataclass(frozen=True)
class Template(Kind):
    """A JSON value of the given types whose texts may hold `${}`; read as `expressions.Template`.

    `of` is what the value must become: the kind whose rules a text without `${}` is checked against when it is read.
    """

    types: tuple[str, ...] = ("object", "array", "string", "number", "boolean", "null")
    of: Kind | None = None


TEXT_TEMPLATE = Template(types=("string",))
"""A text with `${}`."""


@dataclass(frozen=True)
class Expression(Kind):
    """An expression without the `${}`; read as `expressions.Expression`."""


@dataclass(frozen=True)
class ListOf(Kind):
    """A list; read as `list`."""

    item: Kind
    minimum: int = 0


@dataclass(frozen=True)
class MapOf(Kind):
    """An object whose names the author chooses; read as `dict`."""

    value: Kind


@dataclass(frozen=True)
class Record(Kind):
    """An object with declared fields; read as an instance of `spec`, a subclass of `airdock.spec.fields.Spec`."""

    spec: type[Any]


@dataclass(frozen=True)
class OneOf(Kind):
    """A value of one of several kinds, told apart by its JSON type."""

    kinds: tuple[Kind, ...]


@dataclass(frozen=True)
class Steps(Kind):
    """A list of steps; read as a list of `airdock.spec.step.Step`."""

    minimum: int = 0


@dataclass(frozen=True)
class Flow(Kind):
    """A flow in place; read as `airdock.spec.flow.SubFlow`."""


@dataclass(frozen=True)
class Module(Kind):
    """A path inside the registry that begins with the project, `"/project/lib.js"`; read as `str` without the slash.

    `suffixes` are the endings that the file may have.
    """

    suffixes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Params(Kind):
    """The settings of the trigger that a listener names; read as an instance of that `Trigger`."""
