"""The OpenAPI document of the API: the framework knows addresses and parameters, the declarations know the rest."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from inspect import cleandoc
from typing import Any, get_args

import msgspec
from litestar import Litestar, Response
from litestar.handlers import HTTPRouteHandler

from airdock.api.session import COOKIE, CSRF_HEADER
from airdock.api.shapes import MEDIA_TYPE, ProblemDocument, RequestBody, ResponseBody
from airdock.server.management.operations import KEY, Declared, RawContent

_SCHEMAS = "#/components/schemas/{name}"
_PROBLEM = {"schema": {"$ref": _SCHEMAS.format(name="ProblemDocument")}}
_SECURITY: list[dict[str, list[str]]] = [{"token": []}, {"password": []}, {"session": []}]

PROBLEMS = {
    400: "A parameter, a header or the body is not as it must be; `errors` has each.",
    401: "Nobody has signed in, or what was sent to sign in with is not valid.",
    403: "The caller may not do this, or a browser's request lacks the session's token.",
    404: "There is no such thing, or the caller does not see it.",
    409: "It contradicts how things stand; `code` says in what way.",
    412: "The file is not what the condition demands; `ETag` has what it is now.",
    413: "The body is larger than allowed.",
    415: "The body has another type than the one that is accepted.",
    422: "It is well written and cannot be done, such as publishing a project with problems: `errors` has each.",
    428: "The file exists: send `If-Match` with the `ETag` that was read.",
    429: "Too many attempts; `Retry-After` says when the next one is heard.",
    503: "Something that is needed, such as the database or a key, cannot be used now.",
}


def describe(app: Litestar) -> dict[str, Any]:
    """The document."""
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(app.openapi_schema.to_schema()))
    handlers = dict(_handlers(app))
    references, schemas = _schemas(handlers)
    for operations in document["paths"].values():
        for operation in operations.values():
            operation.pop("deprecated", None)
            operation["parameters"] = [_parameter(each) for each in operation.get("parameters", ())]
            _complete(operation, handlers[operation["operationId"]], references)
    document["components"] = {
        "schemas": schemas,
        "responses": {_response_name(status): _problem(text) for status, text in PROBLEMS.items()},
        "securitySchemes": _security_schemes(),
    }
    document["tags"] = [{"name": name} for name in sorted({handler_tag(handler) for handler in handlers.values()})]
    return document


def handler_tag(handler: HTTPRouteHandler) -> str:
    """The resource that a route belongs to."""
    return next(iter(handler.tags or ["api"]))


def answer_type(handler: HTTPRouteHandler) -> Any:
    """What a route answers with: the type inside a `Response`, None for nothing."""
    wanted = handler.parsed_fn_signature.return_type.annotation
    if getattr(wanted, "__origin__", wanted) is Response:
        wanted = get_args(wanted)[0]
    return None if wanted in (None, type(None)) else wanted


def _handlers(app: Litestar) -> Iterator[tuple[str, HTTPRouteHandler]]:
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and KEY in handler.opt and handler.include_in_schema is not False:
                yield str(handler.operation_id), handler


def _schemas(handlers: dict[str, HTTPRouteHandler]) -> tuple[dict[Any, Any], dict[str, Any]]:
    """The reference of each type of a body or an answer, and the schemas that are referred to."""
    types: dict[Any, None] = {ProblemDocument: None}
    for handler in handlers.values():
        declared: Declared = handler.opt[KEY]
        for each in (declared.body, None if declared.answer else answer_type(handler)):
            if each is not None and not isinstance(each, RawContent):
                types[each] = None
    references, components = msgspec.json.schema_components(list(types), ref_template=_SCHEMAS)
    bodies = {body.__name__: body for body in (*_subclasses(ResponseBody), *_subclasses(RequestBody))}
    for name, schema in components.items():
        body = bodies.get(name)
        if name.startswith("Page_") or (body is not None and issubclass(body, ResponseBody)):
            # What an answer can have it always has.
            schema["required"] = sorted(schema["properties"])
        schema["description"] = _description(schema.get("description", ""), body)
    named = _named({"references": references, "components": components})
    return dict(zip(types, named["references"], strict=True)), named["components"]


def _named(document: dict[str, Any]) -> dict[str, Any]:
    """`Page_User_`, as msgspec calls a page of users, is a `UserPage`."""
    text = re.sub(rb"\bPage_(\w+?)_(?=\")", rb"\1Page", msgspec.json.encode(document))
    renamed: dict[str, Any] = msgspec.json.decode(re.sub(rb'"title":"Page\[(\w+)\]"', rb'"title":"\1Page"', text))
    return renamed


def _subclasses(base: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for each in base.__subclasses__():
        yield each
        yield from _subclasses(each)


def _description(text: str, body: type[msgspec.Struct] | None) -> str:
    """What a body's docstring says, with its fields as they are called on the wire."""
    text = cleandoc(text).replace("\nAttributes:\n", "\n")
    for field in msgspec.structs.fields(body) if body is not None else ():
        if field.name != field.encode_name:
            text = re.sub(rf"\b{field.name}\b", field.encode_name, text)
    return text


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter without what the framework adds: defaults of the format, and null, which no address can hold."""
    schema = {key: value for key, value in parameter["schema"].items() if key != "description"}
    kinds = [each for each in schema.pop("oneOf", ()) if each != {"type": "null"}]
    if len(kinds) == 1:
        schema |= kinds[0]
    schema |= {key: int(value) for key, value in schema.items() if isinstance(value, float)}
    kept: dict[str, Any] = {key: parameter[key] for key in ("name", "in", "description") if key in parameter}
    return {**kept, "required": parameter.get("required", False), "schema": schema}


def _complete(operation: dict[str, Any], handler: HTTPRouteHandler, references: dict[Any, Any]) -> None:
    declared: Declared = handler.opt[KEY]
    if declared.body is not None:
        operation["requestBody"] = {
            "required": not declared.optional_body,
            "content": _content(declared.body, references),
        }
    operation["responses"] = {
        str(handler.status_code): _answer(handler, declared, references),
        **{
            str(status): {"$ref": f"#/components/responses/{_response_name(status)}"}
            for status in sorted(_statuses(operation, declared))
        },
        "default": _problem("Any other problem (RFC 9457)."),
    }
    if declared.etag and declared.body is None:
        operation["responses"]["304"] = {"description": "The reader has it already."}
    operation["security"] = [] if declared.access.anonymous else _SECURITY
    if declared.access.permission is not None:
        operation["x-permission"] = declared.access.permission.value
        needs = f"Needs the permission `{declared.access.permission.value}`."
        operation["description"] = "\n\n".join(filter(None, (operation.get("description"), needs)))


def _answer(handler: HTTPRouteHandler, declared: Declared, references: dict[Any, Any]) -> dict[str, Any]:
    status = handler.status_code
    response: dict[str, Any] = {"description": handler.response_description or HTTPStatus(status).phrase + "."}
    kind = declared.answer or answer_type(handler)
    if kind is not None and status not in (204, 302):
        response["content"] = _content(kind, references)
    if declared.etag:
        response["headers"] = {"ETag": {"description": "Names the content.", "schema": {"type": "string"}}}
    if status == 302:
        response["headers"] = {"Location": {"description": "Where to go.", "schema": {"type": "string"}}}
    return response


def _content(kind: Any, references: dict[Any, Any]) -> dict[str, Any]:
    if isinstance(kind, RawContent):
        return {kind.media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {"application/json": {"schema": references[kind]}}


def _statuses(operation: dict[str, Any], declared: Declared) -> set[int]:
    """The problems that a route of this kind can answer, beside those that it declares itself."""
    places = {parameter["in"] for parameter in operation.get("parameters", ())}
    statuses = set(declared.problems)
    if not declared.access.anonymous:
        statuses |= {401, 403}
    if declared.body is not None:
        statuses |= {400, 413}
        statuses |= set() if isinstance(declared.body, RawContent) else {415}
    if places & {"query", "header"}:
        statuses.add(400)
    if "path" in places:
        statuses |= {400, 404}
    return statuses


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {MEDIA_TYPE: _PROBLEM}}


def _response_name(status: int) -> str:
    return HTTPStatus(status).phrase.replace(" ", "").replace("-", "")


def _security_schemes() -> dict[str, Any]:
    return {
        "token": {"type": "http", "scheme": "bearer", "description": "A personal or a service's token, `adk_…`."},
        "password": {"type": "http", "scheme": "basic", "description": "A user's name and password."},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": COOKIE,
            "description": f"A browser's session; requests that change something send `{CSRF_HEADER}`, too.",
        },
    }
