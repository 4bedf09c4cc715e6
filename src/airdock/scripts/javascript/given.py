"""What a script is given of the exchange: the parts that it was seen to use, as JSON text."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import msgspec

from airdock.errors import FlowError
from airdock.exchange import Exchange

NEEDS_BODY = frozenset(("body", "form", "input"))
"""Parts for which the request's body must have been read."""


def part(exchange: Exchange, name: str) -> Any:
    """A part by the name that the prelude uses, as values that JSON can hold.

    Raises:
        FlowError: `request.body`, or `script.error` for a name that there is not.
    """
    make = _PARTS.get(name)
    if make is None:
        raise FlowError("script.error", f"the exchange has no part {name!r}")
    return make(exchange)


def encode(value: Any) -> str:
    """JSON text. Whole numbers of any size are kept; bytes inside a value become base64.

    Raises:
        FlowError: `script.result`, JSON cannot hold the value.
    """
    try:
        return msgspec.json.encode(value).decode()
    except OverflowError:
        # Beyond 64 bits.
        return json.dumps(value, default=_plain)
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise FlowError("script.result", f"a value of the exchange cannot be read by JavaScript: {error}") from error


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value)


def _body(exchange: Exchange) -> Any:
    body = exchange.body
    if isinstance(body, bytes | bytearray | memoryview):
        return {"bytes": base64.b64encode(body).decode()}
    return {"json": body}


def _form(exchange: Exchange) -> Any:
    fields: dict[str, Any] = {}
    files: dict[str, list[dict[str, Any]]] = {}
    for name, value in exchange.request.form.items():
        values = value if isinstance(value, list) else [value]
        if any(isinstance(each, dict) for each in values):
            files[name] = [_file(each) for each in values if isinstance(each, dict)]
        else:
            fields[name] = value
    return {"fields": fields, "files": files}


def _file(file: dict[str, Any]) -> dict[str, Any]:
    content = file.get("content", b"")
    data = content.encode() if isinstance(content, str) else bytes(content)
    return {**file, "content": base64.b64encode(data).decode()}


def _input(exchange: Exchange) -> Any:
    """The request's body as text: as it was sent where it is text, else written anew from what it was parsed to."""
    body = exchange.request.body
    if body is None:
        return ""
    if isinstance(body, str):
        return body
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body).decode("utf-8", "replace")
    if isinstance(body, dict) and body is exchange.request.form:
        return urlencode({name: value for name, value in body.items() if isinstance(value, str)})
    return encode(body)


def _request(exchange: Exchange) -> Any:
    request = exchange.request
    return {
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "queryAll": request.queryAll,
        "headers": request.headers,
        "params": request.params,
        "cookies": request.cookies,
        "user": _user(request.user),
        "remote": request.remote,
    }


def _user(user: Any) -> Any:
    """Name and roles only: whatever else a signed-in caller carries is not the script's business."""
    if user is None:
        return None
    read: Callable[[str], Any] = user.get if isinstance(user, dict) else lambda name: getattr(user, name, None)
    name = user if isinstance(user, str) else read("name") or read("id")
    roles = [] if isinstance(user, str) else read("roles") or []
    return {"name": None if name is None else str(name), "roles": [str(role) for role in roles]}


def _info(exchange: Exchange) -> Any:
    request = exchange.request
    scheme = getattr(request, "scheme", "") or "http"
    name, _, port = str(request.headers.get("host", "")).rpartition(":")
    if not port.isdigit():
        name, port = request.headers.get("host", ""), "443" if scheme == "https" else "80"
    query = getattr(request, "query_string", "") or urlencode(request.queryAll, doseq=True)
    return {
        "contextPath": "",
        "protocol": "HTTP/1.1",
        "queryString": query,
        "scheme": scheme,
        "serverName": name,
        "serverPort": int(port),
    }


_PARTS: dict[str, Callable[[Exchange], Any]] = {
    "body": _body,
    "headers": lambda exchange: exchange.headers,
    "properties": lambda exchange: exchange.properties,
    "request": _request,
    "info": _info,
    "form": _form,
    "input": _input,
    "run": lambda exchange: exchange.run.as_document(),
}
