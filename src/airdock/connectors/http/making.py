"""Making the calls of a step: what is known beforehand is made once, the rest for each message."""

import re
from collections.abc import Callable
from typing import Any

from airdock.connectors.http.address import Make, compile_path, compile_query, origin_in
from airdock.connectors.http.bodies import BYTES, encode_body
from airdock.connectors.http.calls import Call
from airdock.connectors.http.pieces import pieces_of, pieces_of_request
from airdock.connectors.http.reach import Reach, read_address
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Template, render_text
from airdock.streams import Stream

NO_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""What no value of a header has."""


def address_of(template: Template) -> str | Make:
    """The full address or the path, whichever a template is; as a whole from a value where the author wrote none."""
    origin = origin_in(template)
    if origin:
        path = compile_path(template, len(origin))
        if isinstance(path, str):
            return read_address(origin + path).url
        return lambda exchange: origin + path(exchange)
    return compile_path(template)


def caller(step: Any) -> Callable[[Exchange], Call]:
    """What makes the call of a message."""
    method, timeout, redirects, max_size = step.method, step.timeout, step.redirects, step.max_size
    address, query = _target(step), compile_query(step.query)
    reach = Reach("", [origin_in(step.url)]) if step.url is not None and not step.connection else None
    expected, stream, cached = statuses(step.expect), step.stream, step.cache
    full, headers, body = step.url is not None, headers_of(step.headers), step.body
    of_body = None if body is None else body.evaluate
    stream_body, max_body = step.stream_body, step.max_body
    content_type = next((value.text for name, value in step.headers.items() if name.lower() == "content-type"), None)

    def make(exchange: Exchange) -> Call:
        where = address if isinstance(address, str) else address(exchange)
        parameters = query if isinstance(query, str) else query(exchange)
        fields = headers(exchange)
        data = pieces = None
        if of_body is not None or stream_body:
            told = "" if content_type is None else content_type(exchange)
            if of_body is not None or exchange.body_set:
                value = exchange.body if of_body is None else of_body(exchange)
                if not told and exchange.typed is not None and value == exchange.typed[0]:
                    told = exchange.typed[1]
                if isinstance(value, Stream):
                    pieces, own_type = pieces_of(value), told or BYTES
                else:
                    data, own_type = encode_body(value, told)
            else:
                pieces, own_type = pieces_of_request(exchange, max_body), told or exchange.request.content_type or BYTES
            if content_type is None:
                fields = {**fields, "Content-Type": own_type}
            elif own_type != told:
                others = {name: field for name, field in fields.items() if name.lower() != "content-type"}
                fields = {**others, "Content-Type": own_type}
        return Call(
            method,
            path="" if full else where,
            url=where if full else "",
            query=parameters,
            headers=fields,
            body=data,
            timeout=timeout,
            redirects=redirects,
            max_size=max_size,
            reach=reach,
            expected=expected,
            stream=stream,
            cached=cached,
            pieces=pieces,
        )

    return make


def _target(step: Any) -> str | Make:
    if step.url is None:
        return "" if step.path_ is None else compile_path(step.path_)
    if origin_in(step.url):
        return address_of(step.url)
    text: Make = step.url.text
    return text


def headers_of(headers: dict[str, Template]) -> Callable[[Exchange], dict[str, str]]:
    fixed = {
        name: render_text(value.value) for name, value in headers.items() if value.constant and value.value is not None
    }
    made = [(name, value.evaluate, value.text) for name, value in headers.items() if not value.constant]

    def make(exchange: Exchange) -> dict[str, str]:
        fields = fixed.copy()
        for name, evaluate, text in made:
            if evaluate(exchange) is not None:
                fields[name] = _line(name, text(exchange))
        return fields

    return make if made else lambda exchange: fixed


def _line(name: str, value: str) -> str:
    """The value of a header, if it is one."""
    if NO_VALUE.search(value):
        raise FlowError("connector.http.header", f"the value of {name!r} is not one line")
    return value


def statuses(expect: list[str]) -> frozenset[int]:
    return frozenset(
        status for status in range(100, 600) for each in expect if re.fullmatch(each.replace("x", r"\d"), str(status))
    )
