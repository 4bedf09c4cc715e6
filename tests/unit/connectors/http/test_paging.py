from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web

from airdock.connectors.http.paging import next_link
from tests.unit.connectors.http.peers import serving
from tests.unit.connectors.http.test_step import http, problems, run
from tests.unit.flows import Flows, output

ITEMS = [{"n": n} for n in range(7)]
EACH = {"type": "split", "expression": "body", "steps": [output("${body.n} ")]}


async def pages(request: web.BaseRequest) -> web.Response:
    """Seven items, three on a page, in each of the ways."""
    query = {name: values[0] for name, values in parse_qs(request.query_string).items()}
    page = int(query.get("page", 1)) - 1
    start = page * 3 or int(query.get("offset", query.get("after", 0)))
    items, following = ITEMS[start : start + 3], start + 3
    if request.path == "/link":
        more = {"Link": f'</none>; rel="prev", </link?offset={following}>; rel="next"'} if following < 7 else {}
        return web.json_response(items, headers=more)
    return web.json_response({"items": items, "next": following if following < 7 else None})


@pytest.mark.parametrize(
    ("path", "paginate", "asked"),
    [
        ("/link", {"by": "link"}, ["/link?x=1", "/link?offset=3", "/link?offset=6"]),
        (
            "/cursor",
            {"by": "cursor", "next": "body.next", "parameter": "after", "items": "body.items"},
            ["/cursor?x=1", "/cursor?x=1&after=3", "/cursor?x=1&after=6"],
        ),
        (
            "/offset",
            {"by": "offset", "items": "body.items"},
            ["/offset?x=1&offset=0", "/offset?x=1&offset=3", "/offset?x=1&offset=6", "/offset?x=1&offset=7"],
        ),
        (
            "/page",
            {"by": "page", "items": "body.items"},
            ["/page?x=1&page=1", "/page?x=1&page=2", "/page?x=1&page=3", "/page?x=1&page=4"],
        ),
    ],
)
async def test_pages_are_one_stream(flows: Flows, path: str, paginate: Any, asked: list[str]) -> None:
    async with serving(pages) as peer:
        result = await run(flows, peer.url, [http(path=path, query={"x": 1}, paginate=paginate), EACH])
        assert result.text == "0 1 2 3 4 5 6 "
        assert [each[1] for each in peer.requests] == asked


async def test_pages_are_fetched_as_they_are_needed(flows: Flows) -> None:
    each = {
        **EACH,
        "steps": [output("${body.n} "), {"type": "throw", "code": "enough", "when": "body.n = 1"}],
        "stopOnError": True,
    }
    async with serving(pages) as peer:
        await run(flows, peer.url, [http(path="/link", paginate={"by": "link"}), each])
        assert len(peer.requests) == 1


async def answer(flows: Flows, handle: Any, **paginate: Any) -> str:
    async with serving(handle) as peer:
        return (await run(flows, peer.url, [http(paginate=paginate), EACH])).text


async def test_pages_that_lead_elsewhere_or_nowhere(flows: Flows) -> None:
    async def out(request: web.BaseRequest) -> web.Response:
        return web.json_response([], headers={"Link": '<https://evil.example/>; rel="next"'})

    async def circle(request: web.BaseRequest) -> web.Response:
        return web.json_response({"items": [], "next": "again"})

    async def broken(request: web.BaseRequest) -> web.Response:
        return web.Response(status=500)

    assert "connector.http.notAllowed" in await answer(flows, out, by="link")
    cursor = {"by": "cursor", "next": "body.next", "items": "body.items"}
    assert "leads to itself" in await answer(flows, circle, **cursor)
    assert "more than 2 pages" in await answer(flows, pages, by="page", items="body.items", maxPages=2)
    assert "are no list" in await answer(flows, pages, by="page")
    assert "connector.http.status" in await answer(flows, broken, by="link")


def test_links_to_the_next_page() -> None:
    assert next_link('<https://a.example/?p=2>; rel="next"') == "https://a.example/?p=2"
    assert next_link('</a>; rel=prev, </b>;title="x, y";rel=next') == "/b"
    assert next_link(["</a>; rel=last", '</b>; rel="start next"']) == "/b"
    assert [next_link(each) for each in (None, "", "</a>", '</a>; rel="nextish"', "rel=next", "</a>; rel=nexts")] == [
        ""
    ] * 6


@pytest.mark.parametrize(
    ("paginate", "told"),
    [
        ({"by": "cursor"}, "`cursor` needs `next`"),
        ({"by": "link", "next": "body.next"}, "`next` belongs to `cursor`"),
    ],
)
def test_what_an_author_is_told(flows: Flows, paginate: Any, told: str) -> None:
    assert told in problems(flows, http(paginate=paginate))
    assert "leave `stream` and `raw` out" in problems(flows, http(paginate={"by": "link"}, stream=True))
