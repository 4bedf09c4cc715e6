"""The OpenAPI 3.1 document of the flows that answer."""

import re
from collections.abc import Iterable
from typing import Any, Protocol
from urllib.parse import quote

import msgspec

from airdock import __version__
from airdock.errors import FlowError
from airdock.server.openapi_security import PROBLEMS, SecuritySchemes, problems_of
from airdock.server.schemas import embed
from airdock.triggers.http.routes import Routes

DEFAULT_METHODS = ("GET", "POST")
"""What is documented of a flow that answers every method."""

_BODILESS = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "TRACE"})
_PARAMETER = re.compile(r"\{([^{}/]+)\}")
_PROBLEMS = {
    "400": ("BadRequest", "The request does not fit."),
    "404": ("NotFound", "No flow answers at this address."),
    "405": ("MethodNotAllowed", "The flow does not answer this method; `Allow` lists those that it does."),
    "413": ("TooLarge", "The body is larger than allowed."),
    "426": ("Upgrade", "The flow takes WebSockets only."),
    "500": ("Failed", "The run failed; `run` is its id."),
    "503": ("Unavailable", "The flow is not enabled, or too many requests are in flight."),
    "504": ("TimedOut", "The run took longer than its `timeout`."),
}

_RARE = ("426", "504")


class Described(Protocol):
    """What the document needs to know of a flow: an `airdock.engine` pipeline is one."""

    @property
    def name(self) -> str: ...
    @property
    def project(self) -> str: ...
    @property
    def flow(self) -> Any: ...


def build_openapi(flows: Iterable[Described], root_path: str = "", routes: Routes | None = None) -> dict[str, Any]:
    """The document of the given flows.

    Args:
        root_path: The prefix in front of all addresses. routes: Those of the flows, as `.access` rules protect them.
    """
    builder = _Builder(routes or Routes())
    for flow in sorted(flows, key=lambda flow: flow.name):
        builder.add(flow)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Airdock flows",
            "version": __version__,
            "description": "The flows that this server answers.",
        },
        "servers": [{"url": root_path or "/"}],
        "tags": [{"name": project} for project in sorted(builder.projects)],
        "paths": builder.paths,
        "components": {
            "schemas": {"Problem": _PROBLEM_SCHEMA, **builder.schemas},
            "responses": {name: _problem_response(text) for name, text in (_PROBLEMS | PROBLEMS).values()},
            "securitySchemes": builder.security.schemes,
            "headers": {"Run": {"description": "The id of the run.", "schema": {"type": "string", "format": "uuid"}}},
        },
    }


class OpenApi:
    """The document as JSON, made again only when the flows have changed."""

    def __init__(self, root_path: str = "") -> None:
        self._root_path = root_path
        self._version: Any = None
        self._json = b""

    def json(self, version: Any, flows: Iterable[Described]) -> bytes:
        """The document of `flows`; `version` is an object that is another one whenever they changed: their routes."""
        if self._version is not version or not self._json:
            routes = version if isinstance(version, Routes) else None
            self._json = msgspec.json.encode(build_openapi(flows, self._root_path, routes))
            self._version = version
        return self._json


class _Builder:
    def __init__(self, routes: Routes) -> None:
        self.security = SecuritySchemes()
        self._routes = routes
        self.paths: dict[str, dict[str, Any]] = {}
        self.schemas: dict[str, Any] = {}
        self.projects: set[str] = set()
        self._ids: set[str] = set()
        self._shapes: dict[str, str] = {}

    def add(self, pipeline: Described) -> None:
        flow = pipeline.flow
        word = _word(pipeline.name.removesuffix(".flow"))
        schemas = {part: self._schema(f"{word}.{part}", getattr(flow, part)) for part in ("input", "output")}
        if pipeline.project:
            self.projects.add(pipeline.project)
        addresses = [(f"/services/flow/{pipeline.name}", "/services/flow/" + quote(pipeline.name), word)]
        if flow.path:
            prefix = f"/{pipeline.project}" if pipeline.project else ""
            written = f"/services/flow{quote(prefix)}{_template(flow.path)}"
            addresses.insert(0, (f"/services/flow{prefix}{flow.path}", written, f"{word}_path"))
        for path, address, id in addresses:
            self._address(self._path_item(address), path, address, id, pipeline, schemas)

    def _path_item(self, address: str) -> dict[str, Any]:
        """Two templates that differ in parameter names only are one path to OpenAPI."""
        shape = _PARAMETER.sub("{}", address)
        return self.paths.setdefault(self._shapes.setdefault(shape, address), {})

    def _address(
        self, item: dict[str, Any], path: str, address: str, id: str, pipeline: Described, schemas: dict[str, Any]
    ) -> None:
        if not item and (names := list(dict.fromkeys(_PARAMETER.findall(address)))):
            item["parameters"] = [
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
            ]
        for method in pipeline.flow.served_methods or DEFAULT_METHODS:
            if method.lower() not in item:
                roles = self._roles(path, method, pipeline.flow)
                id_ = self._id(f"{method.lower()}_{id}")
                item[method.lower()] = self._operation(method, id_, pipeline, schemas, roles)

    def _roles(self, path: str, method: str, flow: Any) -> list[frozenset[str]]:
        """The sets of roles that an address asks for: those of the flow, and of rules for its location."""
        try:
            found = self._routes.find(path)
            rules = found[0].access.demands(path, method) if found is not None else ()
        except FlowError:
            # No request has such a path either.
            rules = ()
        return [*([frozenset(flow.roles)] if flow.roles else []), *rules]

    def _operation(
        self, method: str, id: str, pipeline: Described, schemas: dict[str, Any], roles: list[frozenset[str]]
    ) -> dict[str, Any]:
        flow = pipeline.flow
        operation: dict[str, Any] = {"operationId": id, "summary": flow.name or pipeline.name}
        if description := _description(flow, roles):
            operation["description"] = description
        if pipeline.project:
            operation["tags"] = [pipeline.project]
        if schemas["input"] is not None and method not in _BODILESS:
            operation["requestBody"] = {"required": True, "content": _json_content(schemas["input"])}
        operation["responses"] = self._responses(method, flow, schemas, problems_of(flow, roles=bool(roles)))
        if security := self.security.asked(flow, roles=bool(roles)):
            operation["security"] = security
        return operation

    def _responses(self, method: str, flow: Any, schemas: dict[str, Any], further: dict[str, str]) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "description": "The answer of the flow.",
            "headers": {"airdock-run": {"$ref": "#/components/headers/Run"}},
        }
        if flow.events is not None:
            answer["description"] = "The events, for as long as the caller is there."
            answer["content"] = {"text/event-stream": {"schema": {"type": "string"}}}
        elif schemas["output"] is not None and method != "HEAD":
            answer["content"] = _json_content(schemas["output"])
        usual = {status: name for status, (name, _) in _PROBLEMS.items() if status not in _RARE}
        if flow.timeout:
            usual["504"] = _PROBLEMS["504"][0]
        answers = {"200": answer}
        if flow.websocket is not None:
            answers = {"101": {"description": "The WebSocket is open."}}
            usual |= {"403": "Forbidden", "426": "Upgrade"}
        problems = dict(sorted((usual | further).items()))
        return answers | {status: {"$ref": f"#/components/responses/{name}"} for status, name in problems.items()}

    def _schema(self, name: str, schema: Any) -> dict[str, str] | None:
        if schema is None:
            return None
        while name in self.schemas or name == "Problem":
            name += "_"
        pointer = f"#/components/schemas/{name}"
        self.schemas[name] = embed(schema, pointer)
        return {"$ref": pointer}

    def _id(self, wanted: str) -> str:
        id, count = wanted, 1
        while id in self._ids:
            count += 1
            id = f"{wanted}_{count}"
        self._ids.add(id)
        return id


def _template(path: str) -> str:
    """A flow's own path with its literal parts percent-encoded."""
    return "/".join(part if _PARAMETER.fullmatch(part) else quote(part) for part in path.split("/"))


def _word(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_") or "flow"


def _description(flow: Any, roles: Iterable[frozenset[str]]) -> str:
    asked = [f"For callers with one of the roles {', '.join(sorted(each))}." for each in roles]
    return "\n\n".join(text for text in (flow.description, *asked) if text)


def _json_content(schema: dict[str, str]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _problem_response(text: str) -> dict[str, Any]:
    return {
        "description": text,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


_PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "An error, as RFC 9457 has it.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string", "description": "The error's stable code."},
        "run": {"type": "string", "description": "The id of the run that failed."},
    },
}
