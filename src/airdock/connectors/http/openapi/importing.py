"""A project made of an OpenAPI document: the connection, and a flow with its test for each operation."""

import re
from typing import Any, NamedTuple

from airdock.connectors.http.openapi.document import Document, Operation, Parameter, read_document
from airdock.connectors.http.openapi.samples import sample

_METHODS = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE"))
_PATH = re.compile(r"(/([A-Za-z0-9._~-]+|\{[A-Za-z_]\w*\}))+")
_ADDRESS = re.compile(r"https?://[^/?#@{}\s]+(/[^?#{}\s\\]*)?")
_NOWHERE = "https://example.com"


class Imported(NamedTuple):
    """What became of a document.

    Attributes:
        files: By their path in the project: texts, and descriptors as JSON values. notes: What is to be looked at.
    """

    files: dict[str, Any]
    notes: list[str]


def import_openapi(content: bytes, file: str, project: str) -> Imported:
    """The project.

    Args:
        file: The name that the document has in it, `petstore.yaml`. project: Its name.

    Raises:
        DocumentError: it cannot be used.
    """
    document = read_document(content)
    made = _Import(document, project)
    files: dict[str, Any] = {file: content.decode("utf-8-sig"), f"{project}.connection": made.connection(file)}
    for operation in document.operations.values():
        if operation.method not in _METHODS:
            made.notes.append(f"{operation.name}: no flow answers {operation.method}, it is left out")
            continue
        name = _unused(re.sub(r"[^A-Za-z0-9_-]+", "_", operation.name).strip("_") or "operation", files)
        files[f"{name}.flow"] = made.flow(operation)
        files[f"{name}.test.json"] = made.test(operation)
    return Imported(files, made.notes)


class _Import:
    """What the files of one document share."""

    def __init__(self, document: Document, project: str) -> None:
        self.notes: list[str] = []
        self._document = document
        self._project = project

    def connection(self, file: str) -> dict[str, Any]:
        servers = self._document.content.get("servers")
        url = (
            servers[0].get("url", "") if isinstance(servers, list) and servers and isinstance(servers[0], dict) else ""
        )
        if not _ADDRESS.fullmatch(url):
            self.notes.append(f"the connection: the document names no full address ({url!r}), correct `url`")
            url = _NOWHERE
        made: dict[str, Any] = {"type": "http", "url": url.rstrip("/"), "openapi": f"/{self._project}/{file}"}
        auth = self._auth()
        return {**made, "auth": auth} if auth else made

    def _auth(self) -> dict[str, Any]:
        parts = self._document.content.get("components") or {}
        secret = {"secret": f"{re.sub('[^A-Za-z0-9-]+', '-', self._project)}-key"}
        schemes = parts.get("securitySchemes")
        for name, each in schemes.items() if isinstance(schemes, dict) else ():
            scheme = self._document.resolved(each)
            kind = (scheme.get("type"), str(scheme.get("scheme", scheme.get("in", ""))).lower())
            self.notes.append(f"the connection: keep the secret {secret['secret']!r} (`airdock secrets set`)")
            if kind == ("http", "bearer"):
                return {"type": "bearer", "token": secret}
            if kind == ("http", "basic"):
                return {"type": "basic", "user": "airdock", "password": secret}
            if kind == ("apiKey", "header"):
                return {"type": "apiKey", "header": str(scheme.get("name")), "key": secret}
            if kind == ("apiKey", "query"):
                return {"type": "apiKey", "parameter": str(scheme.get("name")), "key": secret}
            self.notes[-1] = f"the connection: `auth` for {name!r} ({kind[0]}) is left to you"
        return {}

    def flow(self, operation: Operation) -> dict[str, Any]:
        step: dict[str, Any] = {
            "type": "http",
            "name": "call",
            "connection": f"/{self._project}/{self._project}.connection",
            "operation": operation.name,
        }
        params = {name: each for name, each in self._params(operation) if each}
        if params:
            step["params"] = params
        if operation.body is not None:
            step["body"] = "${request.form}" if "form" in operation.body.content_type else "${body}"
        told = operation.element.get("summary") or operation.element.get("description")
        made: dict[str, Any] = {"description": " ".join(told.split())[:200]} if isinstance(told, str) else {}
        path = self._path(operation)
        if path:
            made["path"] = path
        else:
            self.notes.append(f"{operation.name}: no flow has the path {operation.path}, call it by its file")
        refusal = {"type": "respond", "status": 400, "body": {"error": "${error.message}"}}
        handler = {"on": ["connector.http.arguments"], "steps": [refusal]}
        return {**made, "methods": [operation.method], "steps": [step], "onError": [handler]}

    def _params(self, operation: Operation) -> list[tuple[str, str]]:
        return [(name, self._value(operation, each)) for name, each in operation.parameters.items()]

    def _value(self, operation: Operation, parameter: Parameter) -> str:
        name = parameter.name.replace("`", "")
        schema = self._document.resolved(parameter.schema)
        kind = schema.get("type") if isinstance(schema, dict) else None
        if parameter.json or kind == "object":
            self.notes.append(f"{operation.name}: the parameter {name!r} is an object, write what makes it")
            return f"${{body.`{name}`}}" if parameter.required else ""
        if parameter.place == "path":
            return _read("params" if self._path(operation) else "query", name)
        if parameter.place == "header":
            return _read("headers", name.lower())
        if parameter.place == "cookie":
            return _read("cookies", name)
        return _read("queryAll" if kind == "array" else "query", name)

    def _path(self, operation: Operation) -> str:
        """The flow's own path; empty where it has none. A path belongs to one flow, whatever its methods are."""
        if not _PATH.fullmatch(operation.path):
            return ""
        others = [each for each in self._document.operations.values() if each.path == operation.path]
        if len([each for each in others if each.method in _METHODS]) == 1:
            return operation.path
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", operation.name).strip("-")
        return "/".join(("", name, *re.findall(r"\{\w+\}", operation.path)))

    def test(self, operation: Operation) -> dict[str, Any]:
        reply = self._answer(operation)
        send: dict[str, Any] = {"method": operation.method}
        if path := self._path(operation):
            send["path"] = re.sub(r"\{\w+\}", "1", path)
        if operation.body is not None and "form" not in operation.body.content_type:
            send["json"] = sample(self._document, operation.body.schema)
        case = {
            "name": f"{operation.name} answers what the service answers",
            "send": send,
            "mocks": [{"address": operation.name, "reply": {"body": reply}}],
            "expect": {"status": 200, "json": reply},
        }
        return {"cases": [case]}

    def _answer(self, operation: Operation) -> Any:
        """A sample of what the service answers if all is well; an object at least, so that there is an answer."""
        responses = operation.element.get("responses")
        for status, each in responses.items() if isinstance(responses, dict) else ():
            answer = self._document.resolved(each)
            content = answer.get("content") if isinstance(answer, dict) else None
            if str(status).startswith("2") and isinstance(content, dict) and "application/json" in content:
                made = sample(self._document, (content["application/json"] or {}).get("schema"))
                if isinstance(made, dict | list):
                    return made
        return {"done": True}


def _read(part: str, name: str) -> str:
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)
    return f"${{request.{part}.{name if plain else f'`{name}`'}}}"


def _unused(name: str, files: dict[str, Any]) -> str:
    taken = {path.partition(".")[0].lower() for path in files if path.endswith(".flow")}
    number, found = 1, name
    while found.lower() in taken:
        number += 1
        found = f"{name}_{number}"
    return found
