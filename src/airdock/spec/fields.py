"""Fields and the classes that have them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from airdock.errors import Place
from airdock.spec.kinds import Kind

REQUIRED: Any = object()
"""Marks a field that has no default."""


@dataclass(frozen=True)
class Field:
    """One field of a descriptor element.

    Attributes:
        name: As the descriptor writes it, camelCase.
        kind: What its value must be.
        doc: One or two sentences for the reference page and the editor.
        default: The value when it is left out; `REQUIRED` if it may not be.
        unit: For people: `"s"`, `"bytes"`. secret: never shown. example: a value to copy. since: first version.
    """

    name: str
    kind: Kind
    doc: str
    default: Any = None
    unit: str = ""
    secret: bool = False
    example: Any = None
    since: str = "0.1"

    @property
    def required(self) -> bool:
        return self.default is REQUIRED


def field(
    kind: Kind,
    doc: str,
    *,
    name: str = "",
    default: Any = None,
    unit: str = "",
    secret: bool = False,
    example: Any = None,
    since: str = "0.1",
) -> Any:
    """Declares a field in the body of a `Spec`. `name` is needed only where Python's word differs (`else_` → `else`).

    A mutable default (`[]`, `{}`) is copied for every instance.
    """
    return Field(name, kind, doc, default, unit, secret, example, since)


@dataclass(frozen=True)
class Alternatives:
    """Further fields of an element, which depend on the word in one of its own fields.

    Attributes:
        field: Name of that field. attribute: What has the further fields in an instance.
        specs: Which fields a word brings; their names are none that the element has itself.
    """

    field: str
    attribute: str
    specs: Mapping[str, type["Spec"]]


class Spec:
    """An element of a descriptor with declared fields.

    Subclasses write `size: int = field(Integer(), "…")`; instances are made by the reader with every field given.

    Attributes:
        place: Where the element stands in the author's file.
        places: Where each field's value stands, by field name.
        alternatives: Fields that only some instances have.
        renamed: Names that fields had in earlier versions, with what is written now.
    """

    alternatives: ClassVar[Alternatives | None] = None
    renamed: ClassVar[Mapping[str, str]] = {}
    fields: ClassVar[dict[str, Field]] = {}
    attributes: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.fields, cls.attributes = dict(cls.fields), dict(cls.attributes)
        for attribute, declared in list(vars(cls).items()):
            if isinstance(declared, Field):
                name = declared.name or _camel(attribute)
                cls.fields[name] = Field(name, *_rest(declared))
                cls.attributes[name] = attribute
                delattr(cls, attribute)

    def __init__(
        self,
        *,
        place: Place | None = None,
        places: dict[str, Place] | None = None,
        **values: Any,
    ) -> None:
        self.place = place or Place()
        self.places = places or {}
        taken = 0
        for name, attribute in self.attributes.items():
            if attribute in values:
                value = values[attribute]
                taken += 1
            elif self.fields[name].required:
                raise TypeError(f"{type(self).__name__} needs {attribute}")
            else:
                value = _fresh(self.fields[name].default)
            setattr(self, attribute, value)
        if taken < len(values):
            unknown = ", ".join(sorted(set(values) - set(self.attributes.values())))
            raise TypeError(f"{type(self).__name__} has no field {unknown}")

    def place_of(self, name: str) -> Place:
        """Where the value of a field stands; the element's own place when the field was left out."""
        return self.places.get(name, self.place)

    def values(self) -> dict[str, Any]:
        """Every field's value by its descriptor name; those of a word among `alternatives` included."""
        values = {name: getattr(self, attribute) for name, attribute in self.attributes.items()}
        if self.alternatives is not None:
            values.update(getattr(self, self.alternatives.attribute).values())
        return values

    @classmethod
    def check(cls, element: Self) -> list[tuple[str, str]]:
        """Rules between fields: `(field name or "", sentence)` for each that is broken; overridden by some."""
        return []


def _camel(attribute: str) -> str:
    head, *rest = attribute.rstrip("_").split("_")
    return head + "".join(word.capitalize() for word in rest)


def _rest(declared: Field) -> tuple[Any, ...]:
    return (
        declared.kind,
        declared.doc,
        declared.default,
        declared.unit,
        declared.secret,
        declared.example,
        declared.since,
    )


def _fresh(default: Any) -> Any:
    return type(default)(default) if isinstance(default, list | dict) else default
