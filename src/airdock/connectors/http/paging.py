"""Answers that come page by page, as one stream of items."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import quote

import msgspec

from airdock.connectors.http.calls import Answer, Call
from airdock.connectors.http.reach import joined
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression, render_text
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import Choice, Integer, Text
from airdock.spec.kinds import Expression as ExpressionKind

Fetch = Callable[[Call], Awaitable[tuple[Answer, Any]]]
"""Sends a call, and gives the answer and what its body says; raises FlowError where its status is not expected."""

_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+\s*=\s*(?:"[^"]*"|[^\s";,]+))*)')
_NEXT = re.compile(r';\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?=[\s;,]|$))', re.IGNORECASE)
PARAMETERS = {"cursor": "cursor", "offset": "offset", "page": "page"}


class Paging(Spec):
    """How one page leads to the next."""

    by: str = field(
        Choice(("link", "cursor", "offset", "page")),
        "`link`: the header `Link` has the next page's address. `cursor`: `next` finds it in the page. `offset`: the"
        " number of items that came is sent. `page`: the page's number is.",
        default=REQUIRED,
        example="link",
    )
    items: Expression | None = field(
        ExpressionKind(), "The items of a page, on its `body`; the body if left out.", example="body.orders"
    )
    next: Expression | None = field(
        ExpressionKind(),
        "By `cursor`: the next page's cursor, or its address where that is a URL; nothing at the end.",
        example="body.meta.next",
    )
    parameter: str = field(
        Text(), "The parameter of the query; `cursor`, `offset` or `page` if left out.", default="", example="after"
    )
    first: int = field(Integer(0), "By `page`: the number of the first page.", default=1)
    max_pages: int = field(Integer(1), "More pages are an error.", default=10_000)

    @classmethod
    def check(cls, element: "Paging") -> list[tuple[str, str]]:
        if element.by == "cursor" and element.next is None:
            return [("next", "`cursor` needs `next`, which finds the next page")]
        if element.by != "cursor" and element.next is not None:
            return [("next", "`next` belongs to `cursor`")]
        return []


async def items_of(paging: Paging, first: Call, exchange: Exchange, fetch: Fetch) -> AsyncIterator[Any]:
    """The items of all pages; a page is fetched when the items before it are taken."""
    call, came = first, 0
    for number in range(paging.max_pages):
        if paging.by in ("offset", "page"):
            call = _with(first, paging, came if paging.by == "offset" else paging.first + number)
        answer, value = await fetch(call)
        page = Exchange(exchange.run, properties=exchange.properties)
        page.body = value
        items = value if paging.items is None else paging.items.evaluate(page)
        items = [] if items is None else items
        if not isinstance(items, list):
            raise FlowError("connector.http.response", f"the items of a page of {answer.url} are no list: see `items`")
        came += len(items)
        for item in items:
            yield item
        following = _following(paging, first, page, answer, bool(items))
        if following is None:
            return
        if following == call:
            raise FlowError("connector.http.response", f"a page of {answer.url} leads to itself")
        call = following
    raise FlowError("connector.http.tooLarge", f"there are more than {paging.max_pages} pages: raise `maxPages`")


def _following(paging: Paging, first: Call, page: Exchange, answer: Answer, more: bool) -> Call | None:
    """The call for the next page; None behind the last one."""
    if paging.by in ("offset", "page"):
        # What goes with it is put in when it is called.
        return _with(first, paging, -1) if more else None
    if paging.by == "link":
        location = next_link(answer.headers.get("link"))
        return None if not location else _at(first, answer, location)
    found = None if paging.next is None else paging.next.evaluate(page)
    if found is None or found in ("", False):
        return None
    if isinstance(found, str) and found.startswith(("http://", "https://")):
        return _at(first, answer, found)
    return _with(first, paging, found)


def _at(first: Call, answer: Answer, location: str) -> Call:
    return msgspec.structs.replace(first, path="", url=joined(answer.url, location).url, query="")


def _with(first: Call, paging: Paging, value: Any) -> Call:
    name = quote(paging.parameter or PARAMETERS[paging.by], safe="")
    more = f"{name}={quote(render_text(value), safe='')}"
    return msgspec.structs.replace(first, query=f"{first.query}&{more}" if first.query else more)


def next_link(header: Any) -> str:
    """The address that a `Link` header names as the next one; empty for none."""
    for value in header if isinstance(header, list) else [header or ""]:
        for address, parameters in _LINK.findall(value):
            if _NEXT.search(parameters):
                return str(address)
    return ""
