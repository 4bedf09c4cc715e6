"""A copy of the exchange for a script in a thread, so that a thread that is given up changes nothing any more."""

from airdock.exchange import Exchange
from airdock.response import Headers, Response


def detach(exchange: Exchange) -> Exchange:
    """A copy whose properties, headers and response are its own; the values in them are shared."""
    copy = Exchange(exchange.run, exchange.request, flows=exchange.flows)
    copy.properties.update(exchange.properties)
    if "body" in exchange.document:
        copy.document["body"] = exchange.document["body"]
    if "headers" in exchange.document:
        copy.document["headers"] = _copied(exchange.headers)
    copy.response = _response(exchange.response)
    copy.body_set = exchange.body_set
    return copy


def adopt(exchange: Exchange, copy: Exchange) -> None:
    """Takes over what a script did to its copy."""
    # Expressions hold these very objects, so they are changed in place.
    exchange.properties.clear()
    exchange.properties.update(copy.properties)
    for part in ("body", "headers"):
        if part in copy.document:
            exchange.document[part] = copy.document[part]
    exchange.body_set = copy.body_set
    exchange.response = copy.response


def _response(response: Response) -> Response:
    copy = Response()
    copy.status = response.status
    copy.parts = list(response.parts)
    copy.body = response.body
    if response.own_headers is not None:
        copy.headers.update(_copied(response.headers))
    return copy


def _copied(headers: Headers) -> Headers:
    return Headers({name: list(value) if isinstance(value, list) else value for name, value in headers.items()})
