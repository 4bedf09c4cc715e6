"""JSON Schema (draft 2020-12) of descriptors, made from the declarations: what editors complete and check with.

A schema says what the reader would say, but for three things that JSON Schema cannot: that an expression compiles,
rules between fields, and that a name stands only once.
"""

from collections.abc import Mapping
from typing import Any

from airdock.spec import kinds
from airdock.spec.catalogue import Catalogue
from airdock.spec.connection import Connection
from airdock.spec.descriptors import DESCRIPTORS, Listener
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
    if kind not in ("access", "connection", "listener"):
        return {**schema_of(spec, catalogue), "title": kind}
    builder = _Builder(catalogue)
    if kind == "access":
        schema: dict[str, Any] = {"type": "array", "items": builder.record(spec)}
    else:
        schema = builder.connection() if kind == "connection" else builder.listener()
    return {"$schema": DRAFT, "title": kind, **schema, "$defs": builder.definitions}


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
        else:
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
            schema = self._by_word("type", "What the step does.", {each.type: each for each in self.catalogue})
            schema["properties"]["type"]["anyOf"].append({"pattern": f"^{PREFIX}/."})
            self._in_step += 1
            then = [self._then("type", step.type, self._worded("type", step)) for step in self.catalogue]
            self._in_step -= 1
            self.definitions["step"] = {"description": summary(Step), **schema, **({"allOf": then} if then else {})}
        return {"$ref": "#/$defs/step"}

    def connection(self) -> dict[str, Any]:
        """The schema of a connection, by its type."""
        types = {each.type: each for each in self.catalogue.connections.values()}
        schema = self._by_word("type", "What kind of service is reached.", types)
        then = [self._then("type", word, self._worded("type", each)) for word, each in types.items()]
        return {"description": summary(Connection), **schema, **({"allOf": then} if then else {})}

    def listener(self) -> dict[str, Any]:
        """The schema of a listener, whose `params` are by its trigger."""
        schema = self.element(Listener)
        types = {each.trigger: each for each in self.catalogue.triggers.values()}
        schema["properties"]["trigger"] = self._word("What it listens to.", types)
        then = [
            self._then("trigger", word, {"properties": {"params": self.element(each)}}) for word, each in types.items()
        ]
        return {**schema, **({"allOf": then} if then else {})}

    def _by_word(self, field: str, what: str, types: Mapping[str, type[Spec]]) -> dict[str, Any]:
        return {"type": "object", "required": [field], "properties": {field: self._word(what, types)}}

    def _word(self, what: str, types: Mapping[str, type[Spec]]) -> dict[str, Any]:
        words = list(types)
        known = {"enum": words, "enumDescriptions": [summary(each) for each in types.values()]}
        return {"description": what, "type": "string", "anyOf": [known, _any_case(words)]}

    def _worded(self, field: str, spec: type[Spec]) -> dict[str, Any]:
        """An element whose word is among its own fields."""
        schema = self.element(spec)
        schema["properties"] = {field: {"type": "string"}, **schema["properties"]}
        return schema

    def _then(self, field: str, word: str, schema: dict[str, Any]) -> dict[str, Any]:
        """What holds where a field has a word."""
        name = self._free(word)
        self.definitions[name] = schema
        when = {"required": [field], "properties": {field: _any_case((word,))}}
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
        case kinds.Cron():
            return {"type": "string", "pattern": r"^\s*\S+(\s+\S+){5,6}\s*$"}
        case kinds.TimeZone():
            return {"type": "string"}
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
        case kinds.Params():
            return {"type": "object"}
    raise TypeError(f"{type(kind).__name__} has no schema")


def _at_least(minimum: int) -> dict[str, int]:
    return {"minItems": minimum} if minimum else {}


def _any_case(words: tuple[str, ...] | list[str]) -> dict[str, str]:
    """Matches the words in any case, in a pattern that every editor understands."""
    return {"pattern": f"^({'|'.join(''.join(_either(char) for char in word) for word in words)})$"}


def _either(char: str) -> str:
    return f"[{char.lower()}{char.upper()}]" if char.isalpha() else char
