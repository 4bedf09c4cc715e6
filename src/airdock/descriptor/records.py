"""Reading of elements with declared fields, and of values that may be one of several kinds."""

from typing import Any

from airdock.descriptor.names import nearest
from airdock.descriptor.problems import shown
from airdock.descriptor.reading import INVALID, Reading, alternatives, label, type_names
from airdock.descriptor.tree import Node
from airdock.errors import Place
from airdock.spec import kinds
from airdock.spec.fields import Alternatives, Spec


def read_record(reading: Reading, kind: kinds.Record, node: Node) -> Any:
    return read_spec(reading, kind.spec, node, label(node))


def read_spec(reading: Reading, spec: type[Spec], node: Node, what: str, passed_over: tuple[str, ...] = ()) -> Any:
    """An instance of `spec`. Every field is read, so that all problems are found.

    Args:
        what: How a message calls the element. passed_over: Names that are read elsewhere.
    """
    if not isinstance(node.value, dict):
        return reading.wrong_type(node, "an object")
    mark = len(reading.problems)
    alternatives = spec.alternatives
    chosen = INVALID
    if alternatives is not None:
        chosen, passed_over = _alternative(reading, spec, alternatives, node, what, passed_over)
    values: dict[str, Any] = {}
    places: dict[str, Place] = {}
    meant: set[str] = set()
    arguments = reading.arguments
    for name, child in node.value.items():
        declared = spec.fields.get(name)
        if arguments is not None and declared is not None and not declared.required and arguments.is_absent(child):
            continue
        if declared is not None:
            places[name] = child.place
            values[spec.attributes[name]] = reading.value(declared.kind, child)
        elif name not in passed_over:
            meant.add(_unknown(reading, spec, node, name, what, passed_over))
    _missing(reading, spec, node, what, meant)
    if len(reading.problems) > mark:
        return INVALID
    instance = spec(place=node.place, places=places, **values)
    if alternatives is not None:
        setattr(instance, alternatives.attribute, chosen)
    return instance if _checked(reading, instance, node) else INVALID


def _alternative(
    reading: Reading, spec: type[Spec], by: Alternatives, node: Node, what: str, passed_over: tuple[str, ...]
) -> tuple[Any, tuple[str, ...]]:
    """The further fields that a word brings, and the names that are then read elsewhere.

    Where the word is none of those, what any of them has is passed over.
    """
    word = node.value.get(by.field)
    chosen = by.specs.get(word.value) if word is not None and isinstance(word.value, str) else None
    if chosen is None:
        return INVALID, (*passed_over, *(name for each in by.specs.values() for name in each.fields))
    own = (*passed_over, *spec.fields)
    further = read_spec(reading, chosen, node, f'{what} with `"{by.field}": "{word.value}"`', own)
    return further, tuple(name for name in node.value if name not in spec.fields)


def _unknown(reading: Reading, spec: type[Spec], node: Node, name: str, what: str, others: tuple[str, ...]) -> str:
    """Notes a name that the element does not have; gives the one that was probably meant."""
    message = f"{what} has no field {shown(name)}"
    if name in spec.renamed:
        reading.problems.add("descriptor.unknownField", message, node.key_place(name), f"write {spec.renamed[name]}")
        return ""
    known = [*others, *spec.fields]
    near = nearest(name, (each for each in known if each not in node.value))
    suggestion = f"did you mean '{near}'?" if near else f"it has {', '.join(known)}"
    reading.problems.add("descriptor.unknownField", message, node.key_place(name), suggestion)
    return near


def _missing(reading: Reading, spec: type[Spec], node: Node, what: str, meant: set[str]) -> None:
    """Notes required fields that are missing, but for those that a misspelt name was meant to be."""
    for name, declared in spec.fields.items():
        if declared.required and name not in node.value and name not in meant:
            reading.problems.add("descriptor.missingField", f"{what} needs `{name}`", node.place, declared.doc)


def _checked(reading: Reading, instance: Spec, node: Node) -> bool:
    broken = type(instance).check(instance)
    for name, sentence in broken:
        place = instance.place_of(name) if name else instance.place
        reading.problems.add("descriptor.conflict" if name else "descriptor.missingField", sentence, place)
    return not broken


def read_one_of(reading: Reading, kind: kinds.OneOf, node: Node) -> Any:
    """The first kind of the value's JSON type that takes it; the problems of the last one if none does."""
    fitting = [each for each in kind.kinds if node.type in json_types(each)]
    if not fitting:
        return reading.wrong_type(node, alternatives(list(dict.fromkeys(_described(each) for each in kind.kinds))))
    value = INVALID
    for each in fitting:
        mark = len(reading.problems)
        value = reading.value(each, node)
        if value is not INVALID:
            break
        if each is not fitting[-1]:
            reading.problems.forget(mark)
    return value


def json_types(kind: kinds.Kind) -> tuple[str, ...]:
    """The JSON types that a kind takes."""
    if isinstance(kind, kinds.Literal | kinds.Template):
        return kind.types
    if isinstance(kind, kinds.OneOf):
        return tuple(each for option in kind.kinds for each in json_types(option))
    return _TYPES.get(type(kind), ("string",))


_TYPES: dict[type[kinds.Kind], tuple[str, ...]] = {
    kinds.Boolean: ("boolean",),
    kinds.Integer: ("number",),
    kinds.Number: ("number",),
    kinds.Scalar: ("string", "number", "boolean", "null"),
    kinds.JsonSchema: ("object", "boolean"),
    kinds.ListOf: ("array",),
    kinds.Steps: ("array",),
    kinds.MapOf: ("object",),
    kinds.Record: ("object",),
    kinds.Flow: ("object",),
    kinds.Params: ("object",),
}

_WORDS: dict[type[kinds.Kind], str] = {
    kinds.Boolean: "true or false",
    kinds.Integer: "a whole number",
    kinds.Number: "a number",
    kinds.Duration: 'a duration such as "30s"',
    kinds.Cron: "a cron expression",
    kinds.TimeZone: "the name of a time zone",
    kinds.Size: 'a size such as "10MB"',
    kinds.Expression: "an expression",
    kinds.Module: 'a path such as "/project/file.js"',
    kinds.JsonSchema: "a JSON Schema",
    kinds.ListOf: "a list",
    kinds.Steps: "a list of steps",
    kinds.Flow: "a flow",
    kinds.MapOf: "an object",
    kinds.Record: "an object",
}


def _described(kind: kinds.Kind) -> str:
    if isinstance(kind, kinds.Choice):
        return alternatives([f'"{option}"' for option in kind.options])
    return _WORDS.get(type(kind)) or type_names(json_types(kind))
