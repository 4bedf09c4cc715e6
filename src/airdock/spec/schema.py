"""JSON Schema (draft 2020-12) of descriptors, made from the declarations: what editors complete and check with.

A schema says what the reader would say, but for three things that JSON Schema cannot: that an expression compiles,
rules between fields, and that a name stands only once.
"""

from typing import Any

from airdock.spec import kinds
from airdock.spec.catalogue import Catalogue
from airdock.spec.descriptors import DESCRIPTORS
from airdock.spec.fields import Field, Spec
from airdock.spec.flow import SubFlow
from airdock.spec.kinds import Kind
from airdock.spec.step import Step
from airdock.spec.template import PREFIX, StepTemplate
from airdock.spec.words import summary
from airdock.spec.written import written

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_DURATION = r"\d+(\.\d+)?(ms|s|m|h|d)"
_SIZE = r"\d+(\.\d+)?(B|KB|MB|GB)"
_PLACEHOLDER = {"type": "string", "pattern": r"\{\{[A-Za-z_]\w*\}\}"}
_TEMPLATE = {"type": "string", "pattern": r"\$\{"}


def descriptor_schema(kind: str, catalogue: Catalogue) -> dict[str, Any]:
    """The schema of a kind of descriptor: `"flow"`, `"job"`, `"listener"`, `"connection"`, `"access"`, `"project"`.

    Raises:
        KeyError: there is no such kind.
    """
    spec = DESCRIPTORS[kind]
    if kind != "access":
        return {**schema_of(spec, catalogue), "title": kind}
    builder = _Builder(catalogue)
    items = builder.record(spec)
    return {"$schema": DRAFT, "title": kind, "type": "array", "items": items, "$defs": builder.definitions}


def schema_of(spec: type[Spec], catalogue: Catalogue) -> dict[str, Any]:
    """The schema of an element whose steps are of a catalogue."""
    builder = _Builder(catalogue, placeholders=spec is StepTemplate)
    schema = {"$schema": DRAFT, **builder.element(spec)}
    return {**schema, "$defs": builder.definitions} if builder.definitions else schema


class _Builder:
    def __init__(self, catalogue: Catalogue, placeholders: bool = False) -> None:
        """`placeholders`: the fields of steps may be `{{name}}`."""
        self.catalogue = catalogue
        self.placeholders = placeholders
        self.definitions: dict[str, Any] = {}
        self._names: dict[type[Spec], str] = {}
        self._in_step = 0

    def element(self, spec: type[Spec]) -> dict[str, Any]:
        """The schema of an element in place."""
        schema: dict[str, Any] = {"description": summary(spec), "type": "object"}
        schema["properties"] = {name: self._field(declared) for name, declared in spec.fields.items()}
        required = [name for name, declared in spec.fields.items() if declared.required]
        if required:
            schema["required"] = required
        if spec.alternatives is not None:
            by = spec.alternatives
            schema["allOf"] = [self._alternative(by.field, word, each) for word, each in by.specs.items()]
            schema["unevaluatedProperties"] = False
        elif not spec.open:
            schema["additionalProperties"] = False
        return schema

    def _alternative(self, field: str, word: str, spec: type[Spec]) -> dict[str, Any]:
        name = self._free(f"{field}-{word}")
        further = self.element(spec)
        # The element around it says which names there may be.
        further.pop("additionalProperties", None)
        self.definitions[name] = further
        return {
            "if": {"required": [field], "properties": {field: {"const": word}}},
            "then": {"$ref": f"#/$defs/{name}"},
        }

    def record(self, spec: type[Spec]) -> dict[str, Any]:
        """A reference to an element, which is defined at the first."""
        name = self._names.get(spec)
        if name is None:
            name = self._names[spec] = self._free(spec.__name__)
            self.definitions[name] = {}
            self.definitions[name] = self.element(spec)
        return {"$ref": f"#/$defs/{name}"}

    def _free(self, name: str) -> str:
        number = 2
        free = name
        while free in self.definitions:
            free, number = f"{name}{number}", number + 1
        return free

    def _field(self, declared: Field) -> dict[str, Any]:
        schema = self.kind(declared.kind, in_any_case=declared.name == "type")
        if self.placeholders and self._in_step:
            schema = {"anyOf": [schema, _PLACEHOLDER]}
        schema = {**schema, "description": declared.doc}
        default = written(declared.kind, declared.default)
        if default is not None:
            schema["default"] = default
        if declared.example is not None:
            schema["examples"] = [declared.example]
        if declared.secret:
            schema["writeOnly"] = True
        return schema

    def kind(self, kind: Kind, in_any_case: bool = False) -> dict[str, Any]:
        match kind:
            case kinds.ListOf():
                return {"type": "array", "items": self.kind(kind.item), **_at_least(kind.minimum)}
            case kinds.MapOf():
                return {"type": "object", "additionalProperties": self.kind(kind.value)}
            case kinds.Record():
                return self.record(kind.spec)
            case kinds.OneOf():
                return {"anyOf": [self.kind(option) for option in kind.kinds]}
            case kinds.Steps():
                return {"type": "array", "items": self._step(), **_at_least(kind.minimum)}
            case kinds.Flow():
                return self.record(SubFlow)
            case kinds.Template(of=kinds.Kind() as of):
                return self._constant_or_template(kind, of)
            case kinds.Choice() if in_any_case:
                return {"type": "string", "anyOf": [{"enum": list(kind.options)}, _any_case(kind.options)]}
        return _plain(kind)

    def _constant_or_template(self, kind: kinds.Template, of: Kind) -> dict[str, Any]:
        options = [self.kind(of)]
        if "string" in kind.types:
            if isinstance(of, kinds.Integer | kinds.Number):
                options.append({"type": "string", "pattern": r"^-?\d+(\.\d+)?$"})
            options.append(_TEMPLATE)
        return {"anyOf": options}

    def _step(self) -> dict[str, Any]:
        if "step" not in self.definitions:
            self.definitions["step"] = {}
            names = self.catalogue.names()
            type_schema = {
                "description": "What the step does.",
                "type": "string",
                "anyOf": [
                    {"enum": names, "enumDescriptions": [summary(each) for each in self.catalogue]},
                    _any_case(names),
                    {"pattern": f"^{PREFIX}/."},
                ],
            }
            self.definitions["step"] = {
                "description": summary(Step),
                "type": "object",
                "required": ["type"],
                "properties": {"type": type_schema},
            }
            if names:
                self.definitions["step"]["allOf"] = [self._then(step) for step in self.catalogue]
        return {"$ref": "#/$defs/step"}

    def _then(self, step: type[Step]) -> dict[str, Any]:
        name = self._free(step.type)
        self.definitions[name] = {}
        self._in_step += 1
        schema = self.element(step)
        self._in_step -= 1
        schema["properties"] = {"type": {"type": "string"}, **schema["properties"]}
        self.definitions[name] = schema
        when = {"required": ["type"], "properties": {"type": _any_case((step.type,))}}
        return {"if": when, "then": {"$ref": f"#/$defs/{name}"}}


def _plain(kind: Kind) -> dict[str, Any]:
    match kind:
        case kinds.Text():
            return {"type": "string", "pattern": f"^(?:{kind.pattern})$"} if kind.pattern else {"type": "string"}
        case kinds.Choice():
            return {"type": "string", "enum": list(kind.options)}
        case kinds.Boolean():
            return {"type": "boolean"}
        case kinds.Integer() | kinds.Number():
            limits = {"minimum": kind.minimum, "maximum": kind.maximum}
            word = "integer" if isinstance(kind, kinds.Integer) else "number"
            return {"type": word, **{name: limit for name, limit in limits.items() if limit is not None}}
        case kinds.Duration():
            return {"type": "string", "pattern": f"^{_DURATION}$"}
        case kinds.Size():
            return {"type": "string", "pattern": f"^{_SIZE}$"}
        case kinds.Literal() | kinds.Template():
            return {} if len(kind.types) == 6 else {"type": kind.types[0] if len(kind.types) == 1 else list(kind.types)}
        case kinds.Scalar():
            return {"type": ["string", "number", "boolean", "null"]}
        case kinds.JsonSchema():
            return {"$ref": DRAFT}
        case kinds.Expression():
            return {"type": "string", "format": "jsonata"}
        case kinds.Module():
            ends = "|".join(suffix.replace(".", r"\.") for suffix in kind.suffixes)
            return {"type": "string", "pattern": f"^/.*[^/]({ends})$" if ends else "^/.*[^/]$"}
    raise TypeError(f"{type(kind).__name__} has no schema")


def _at_least(minimum: int) -> dict[str, int]:
    return {"minItems": minimum} if minimum else {}


def _any_case(words: tuple[str, ...] | list[str]) -> dict[str, str]:
    """Matches the words in any case, in a pattern that every editor understands."""
    return {"pattern": f"^({'|'.join(''.join(_either(char) for char in word) for word in words)})$"}


def _either(char: str) -> str:
    return f"[{char.lower()}{char.upper()}]" if char.isalpha() else char
