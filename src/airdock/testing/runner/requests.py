"""From a message of a test to the request that the handler gets."""

import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from airdock.exchange import Exchange
from airdock.expressions import Template, render_text
from airdock.spec.flow import Flow
from airdock.spec.flow_test.message import Message
from airdock.testing.runner.signing import signature_headers
from airdock.triggers.http.buffered import BufferedRequest
from airdock.triggers.http.callers import BEARER, Caller
from airdock.triggers.http.request import HttpRequest

OPEN, SECURED = "/services/flow", "/services/flow-secured"


class TrialRequest(BufferedRequest):
    """A request of a test.

    Attributes:
        caller: Who signed in; None for nobody. properties: What the exchange has when the flow begins.
    """

    caller: Caller | None = None
    properties: dict[str, Any]


class Senders:
    """Knows the callers of tests."""

    challenges = (BEARER,)

    def find(self, request: HttpRequest) -> Caller | None:
        return request.caller if isinstance(request, TrialRequest) else None


ReadFile = Callable[[str], bytes]


def make_request(
    message: Message, flow: Flow, path: str, values: Exchange, secrets: dict[str, str], read_file: ReadFile
) -> TrialRequest:
    """The request of a message.

    Args:
        flow: To which it goes; `path` is its registry path. values: What texts of the message see.
        secrets: For the signature. read_file: The content of a file beside the test.

    Raises:
        FlowError: a text of the message cannot be made.
        OSError: the file cannot be read.
    """
    content_type, body = _body(message, values, read_file)
    fields = [(name.lower(), value.text(values)) for name, value in message.headers.items()]
    if content_type and all(name != "content-type" for name, _ in fields):
        fields.append(("content-type", content_type))
    if message.signed and flow.signature is not None:
        fields += signature_headers(flow.signature, secrets.get(flow.signature.secret, ""), body, int(time.time()))
    address, query = _address(message, path, values)
    request = TrialRequest(_method(message, flow, body), address, query=query, headers=fields, body=body)
    request.properties = {name: value.evaluate(values) for name, value in message.properties.items()}
    if message.user is not None:
        request.caller = Caller(message.user.name, frozenset(message.user.roles))
    return request


def _method(message: Message, flow: Flow, body: bytes) -> str:
    if message.method:
        return message.method
    usual = "POST" if body or {"text", "json", "form", "file"} & message.places.keys() else "GET"
    methods = flow.methods or [usual]
    return usual if usual in methods or len(methods) != 1 else methods[0]


def _address(message: Message, path: str, values: Exchange) -> tuple[str, str]:
    begins = OPEN if message.user is None else SECURED
    query = _query(message.query, values)
    if message.path is None:
        return f"{begins}/{path}", query
    below, _, behind = message.path.text(values).partition("?")
    project = path.partition("/")[0] if "/" in path else ""
    whole = f"{begins}/{project}/{below.lstrip('/')}" if project else f"{begins}/{below.lstrip('/')}"
    return whole, "&".join(part for part in (behind, query) if part)


def _query(query: Any, values: Exchange) -> str:
    if query is None:
        return ""
    if isinstance(query, Template):
        return quote(query.text(values), safe="%&=+;,/?:@!$'()*-._~")
    return urlencode(list(_pairs(query, values)))


def _pairs(fields: dict[str, Template], values: Exchange) -> Iterable[tuple[str, str]]:
    for name, template in fields.items():
        value = template.evaluate(values)
        for each in value if isinstance(value, list) else [value]:
            if each is not None:
                yield name, render_text(each)


def _body(message: Message, values: Exchange, read_file: ReadFile) -> tuple[str, bytes]:
    if message.json is not None:
        return "application/json", msgspec.json.encode(message.json.evaluate(values))
    if message.form is not None:
        return "application/x-www-form-urlencoded", urlencode(list(_pairs(message.form, values))).encode()
    if message.text is not None:
        return "text/plain; charset=utf-8", message.text.text(values).encode()
    return ("", read_file(message.file.text(values))) if message.file is not None else ("", b"")
