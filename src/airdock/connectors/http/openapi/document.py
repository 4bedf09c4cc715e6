"""OpenAPI documents, 3.0 and 3.1: their operations, with parameters and bodies, and the schemas of these."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import msgspec
import yaml

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PLACES = ("path", "query", "header", "cookie")
_MOST_REFERENCES = 50


class DocumentError(Exception):
    """A document cannot be used; the message says why."""


class NoOperationError(Exception):
    """There is no such operation; `hint` is what was meant."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Parameter(NamedTuple):
    """A parameter of an operation.

    Attributes:
        name: Its name. place: `path`, `query`, `header` or `cookie`. required: It must be given.
        style, explode: How lists and objects are written. schema: What it must be; with `json`, it is written as JSON.
    """

    name: str
    place: str
    required: bool
    style: str
    explode: bool
    schema: Any
    json: bool = False


class Body(NamedTuple):
    """The body of an operation: the content type that is sent, and what it must be."""

    content_type: str
    required: bool
    schema: Any


class Operation(NamedTuple):
    """What can be called.

    Attributes:
        name: Its `operationId`, or `GET /pets/{id}`. method: In capitals. path: With `{names}`.
        parameters: By name. body: None where it has none. element: As the document has it.
    """

    name: str
    method: str
    path: str
    parameters: dict[str, Parameter]
    body: Body | None
    element: Mapping[str, Any]


class Document:
    """A document and its operations.

    Attributes:
        content: As it was read. operations: By name.
    """

    def __init__(self, content: Any) -> None:
        """Raises DocumentError."""
        version = str(content.get("openapi", "")) if isinstance(content, dict) else ""
        if not version.startswith(("3.0", "3.1", "3.2")):
            raise DocumentError("it is no OpenAPI document of version 3: `openapi` is " + (version or "missing"))
        self.content: dict[str, Any] = content
        self._old = version.startswith("3.0")
        self.operations = {each.name: each for each in self._operations()}

    def operation(self, name: str) -> Operation:
        """Raises NoOperationError where there is none of that name."""
        found = self.operations.get(name)
        if found is None:
            near = get_close_matches(name, self.operations, 1, 0.5)
            hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(sorted(self.operations)[:10])}"
            raise NoOperationError(f"the document has no operation {name!r}", hint)
        return found

    def schema(self, schema: Any) -> Any:
        """A schema with all that it refers to, in the JSON Schema of today."""
        if not isinstance(schema, dict):
            return schema if isinstance(schema, bool) else {}
        own = _modern(schema) if self._old else schema
        return {**own, "components": self._components}

    @cached_property
    def _components(self) -> Any:
        parts = self.content.get("components") or {}
        return _modern(parts) if self._old else parts

    def resolved(self, value: Any) -> Any:
        """What a reference leads to; anything else is itself.

        Raises:
            DocumentError: it leads nowhere, or out of the document.
        """
        for _ in range(_MOST_REFERENCES):
            if not isinstance(value, dict) or "$ref" not in value:
                return value
            value = self._at(value["$ref"])
        raise DocumentError("references go round in a circle")

    def _at(self, reference: Any) -> Any:
        if not isinstance(reference, str) or not reference.startswith("#/"):
            raise DocumentError(f"the reference {reference!r} leads out of the document: put all into one file")
        value: Any = self.content
        for part in reference[2:].split("/"):
            part = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(value, dict) or part not in value:
                raise DocumentError(f"the reference {reference!r} leads nowhere")
            value = value[part]
        return value

    def _operations(self) -> Iterator[Operation]:
        paths = self.content.get("paths") or {}
        for path, item in paths.items() if isinstance(paths, dict) else ():
            item = self.resolved(item)
            for method in METHODS:
                element = item.get(method) if isinstance(item, dict) else None
                if isinstance(element, dict):
                    yield self._operation(str(path), method.upper(), item, element)

    def _operation(self, path: str, method: str, item: Mapping[str, Any], element: Mapping[str, Any]) -> Operation:
        name = str(element.get("operationId") or f"{method} {path}")
        parameters: dict[str, Parameter] = {}
        for each in [*(item.get("parameters") or []), *(element.get("parameters") or [])]:
            parameter = self._parameter(name, self.resolved(each))
            parameters[parameter.name] = parameter
        return Operation(name, method, path, parameters, self._body(element), element)

    def _parameter(self, operation: str, element: Any) -> Parameter:
        if not isinstance(element, dict) or element.get("in") not in PLACES or not element.get("name"):
            raise DocumentError(f"{operation}: a parameter needs `name`, and `in`: one of {', '.join(PLACES)}")
        place = element["in"]
        style = element.get("style") or ("form" if place in ("query", "cookie") else "simple")
        content = element.get("content")
        schema = element.get("schema", {})
        if isinstance(content, dict) and content:
            schema = next(iter(content.values())).get("schema", {})
        return Parameter(
            str(element["name"]),
            place,
            place == "path" or bool(element.get("required")),
            style,
            bool(element.get("explode", style == "form")),
            schema,
            bool(content),
        )

    def _body(self, element: Mapping[str, Any]) -> Body | None:
        body = self.resolved(element.get("requestBody"))
        content = body.get("content") if isinstance(body, dict) else None
        if not isinstance(content, dict) or not content:
            return None
        types = list(content)
        chosen = next((each for each in types if each.partition(";")[0].endswith("json")), types[0])
        return Body(chosen, bool(body.get("required")), (content[chosen] or {}).get("schema"))


@lru_cache(maxsize=32)
def read_document(content: bytes) -> Document:
    """The document that a file holds, as JSON or YAML.

    Raises:
        DocumentError: it is none.
    """
    try:
        value = msgspec.json.decode(content) if content.lstrip()[:1] == b"{" else yaml.safe_load(content)
    except (msgspec.MsgspecError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise DocumentError(f"it is neither JSON nor YAML: {' '.join(str(error).split())[:200]}") from error
    return Document(value)


def _modern(value: Any) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema has it: `nullable` and exclusive bounds are written otherwise."""
    if isinstance(value, list):
        return [_modern(each) for each in value]
    if not isinstance(value, dict):
        return value
    made = {key: _modern(each) for key, each in value.items() if key not in ("example", "discriminator", "xml")}
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if made.get(exclusive) is True and bound in made:
            made[exclusive] = made.pop(bound)
        elif isinstance(made.get(exclusive), bool):
            del made[exclusive]
    if made.pop("nullable", False) is True:
        if isinstance(made.get("enum"), list) and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
        if isinstance(made.get("type"), str):
            made["type"] = [made["type"], "null"]
    return made
