import json
from typing import Any

import pytest
from aiohttp import web

from airdock.testing import FlowClient, Result
from tests.unit.connectors.http.peers import echo, inside, serving
from tests.unit.flows import Flows, output

CRM = "p/crm.connection"


def http(**fields: Any) -> dict[str, Any]:
    return {"type": "http", "connection": "/p/crm.connection", **fields}


async def run(flows: Flows, url: str, steps: list[Any], **request: Any) -> Result:
    """Runs a flow of these steps, with a connection to the address."""
    if url:
        flows.write(CRM, {"type": "http", "url": url, **request.pop("connection", {})})
    flows.write("p/f.flow", {"steps": steps, **request.pop("flow", {})})
    client = FlowClient(flows.folder, runtime=inside(), secrets=request.pop("secrets", None))
    problems = [str(problem) for artefact in client.agent.artefacts for problem in artefact.problems]
    assert not problems, problems
    try:
        return await client.call("POST", "p/f.flow", **request)
    finally:
        await client.agent.runtime.links.close()


def problems(flows: Flows, step: dict[str, Any], **connection: Any) -> str:
    flows.write(CRM, {"type": "http", "url": "https://api.example.com", **connection})
    return "\n".join(flows.problems([step]))


async def test_a_call_and_what_comes_of_it(flows: Flows) -> None:
    step = http(
        method="POST", path="/orders/${body.id}", query={"q": "${body.q}", "n": 1}, headers={"X-A": "${body.q}"},
        body={"id": "${body.id}"},
    )  # fmt: skip
    show = output("${body} ${headers.`content-type`} ${properties.http.status} ${properties.http.url}")
    async with serving(echo) as peer:
        result = await run(flows, f"{peer.url}/v1", [step, show], json={"id": "a/b", "q": "x y"})
        told, rest = result.text.split("} ")
        assert json.loads(told + "}") == {
            "method": "POST", "path": "/v1/orders/a%2Fb?q=x%20y&n=1", "body": '{"id":"a/b"}',
        }  # fmt: skip
        assert rest == f"application/json; charset=utf-8 200 {peer.url}/v1/orders/a%2Fb"
        assert (peer.last["content-type"], peer.last["x-a"]) == ("application/json", "x y")
        assert peer.last["user-agent"].startswith("airdock/")


async def test_what_the_message_has_is_not_sent_along(flows: Flows) -> None:
    async with serving(echo) as peer:
        await run(flows, peer.url, [http()], content=b"secret", headers={"authorization": "Bearer x", "cookie": "a=b"})
        assert (peer.requests[0][:2], peer.requests[0][3]) == (("GET", "/"), b"")
        assert not {"authorization", "cookie"} & peer.last.keys()


async def test_a_result_beside_the_message(flows: Flows) -> None:
    steps = [http(result="got", response="crm"), output("${body.n} ${properties.got.method} ${properties.crm.status}")]
    async with serving(echo) as peer:
        result = await run(
            flows, peer.url, [*steps, output(" ${headers.`x-mine`}")], json={"n": 1}, headers={"x-mine": "m"}
        )
        assert result.text == "1 GET 200 m"


@pytest.mark.parametrize(
    ("fields", "type", "sent"),
    [
        ({"headers": {"Content-Type": "application/x-www-form-urlencoded"}, "body": {"a": "b c"}}, None, b"a=b+c"),
        ({"body": "text"}, "text/plain; charset=utf-8", b"text"),
        ({"headers": {"content-type": "text/csv"}, "body": "a,b"}, "text/csv", b"a,b"),
        ({"body": "${body}"}, "application/json", b'{"n":1}'),
    ],
)
async def test_bodies_by_their_type(flows: Flows, fields: dict[str, Any], type: str | None, sent: bytes) -> None:
    async with serving(echo) as peer:
        await run(flows, peer.url, [http(method="PUT", **fields)], json={"n": 1})
        assert peer.requests[0][3] == sent
        assert peer.last["content-type"] == (type or fields["headers"]["Content-Type"])


async def test_what_marshal_made_has_its_type_and_forms_have_files(flows: Flows) -> None:
    marshal = {"type": "marshal", "format": "csv"}
    file = {"filename": "a.bin", "contentType": "application/x", "content": "${body}"}
    form = http(method="POST", headers={"Content-Type": "multipart/form-data"}, body={"n": 1, "file": file})
    async with serving(echo) as peer:
        await run(flows, peer.url, [marshal, http(method="PUT", body="${body}", result="x"), form], json=[{"a": 1}])
        assert (peer.requests[0][2]["content-type"], peer.requests[0][3]) == ("text/csv", b"a\r\n1\r\n")
        assert peer.last["content-type"].startswith("multipart/form-data; boundary=")
        assert b'name="file"; filename="a.bin"\r\nContent-Type: application/x\r\n\r\na\r\n1' in peer.requests[1][3]


async def status(request: web.BaseRequest) -> web.Response:
    return web.Response(status=int(request.path[1:]), text="what went wrong", headers={"X-Why": "so"})


async def test_statuses_that_are_not_expected(flows: Flows) -> None:
    show = output("${error.code} ${error.details.status} ${error.details.body} ${error.details.headers.`x-why`}")
    handlers = {"onError": [{"on": ["http.5xx"], "steps": [show]}, {"on": ["http.404"], "steps": [output("none")]}]}
    async with serving(status) as peer:
        result = await run(flows, peer.url, [http(path="/503")], flow=handlers)
        assert result.text == "connector.http.status 503 what went wrong so"
        assert (await run(flows, peer.url, [http(path="/404")], flow=handlers)).text == "none"
        result = await run(flows, peer.url, [http(path="/400")])
        assert (result.status, f"GET {peer.url}/400 answered 400: what went wrong" in result.text) == (502, True)
        expect = http(path="/404", expect=["2xx", "404"])
        assert (await run(flows, peer.url, [expect, output("${properties.http.status}")])).text == "404"
        result = await run(flows, peer.url, [http(path="/200", expect=["404"])])
        assert result.status == 502


async def test_a_step_is_tried_again(flows: Flows) -> None:
    answers = [503, 500, 200]

    async def handle(request: web.BaseRequest) -> web.Response:
        return web.Response(status=answers.pop(0), text="ok")

    async with serving(handle) as peer:
        step = http(retry={"attempts": 3, "delay": "1ms", "on": ["http.5xx"]})
        assert (await run(flows, peer.url, [step])).text == "ok"


async def test_a_full_address_of_a_connection(flows: Flows) -> None:
    async with serving(echo) as peer, serving(echo) as other:
        step = http(url="${body.next}")
        result = await run(flows, peer.url, [step], json={"next": f"{peer.url}/page?n=2"})
        assert result.json()["path"] == "/page?n=2"
        result = await run(flows, peer.url, [step], json={"next": f"{other.url}/x"})
        assert (result.status, "connector.http.notAllowed" in result.text, other.requests) == (502, True, [])
        result = await run(flows, peer.url, [step], json={"next": f"{other.url}/x"}, connection={"allow": [other.url]})
        assert result.json()["path"] == "/x"


async def test_without_a_connection(flows: Flows) -> None:
    async with serving(echo) as peer:
        step = {"type": "http", "url": peer.url + "/a/${body.n}?x=${body.q}", "query": {"y": 2}}
        result = await run(flows, "", [step], json={"n": "../..", "q": "a&b"})
        assert result.json()["path"] == "/a/..%2F..?x=a%26b&y=2"
        assert (await run(flows, "", [{"type": "http", "url": peer.url}])).json()["path"] == "/"


async def test_headers_that_would_be_more_than_one(flows: Flows) -> None:
    async with serving(echo) as peer:
        for value in ("a\r\nx: y", "a\nb", "a\0"):
            result = await run(flows, peer.url, [http(headers={"X-A": "${body.v}"})], json={"v": value})
            assert (result.status, "connector.http.header" in result.text) == (502, True)
        assert peer.requests == []
        steps = [http(headers={"X-A": "${body.none}", "X-B": 1, "X-C": None})]
        await run(flows, peer.url, steps, json={})
        assert {name for name in peer.last if name.startswith("x-")} == {"x-b"}


async def test_raw_and_empty_answers(flows: Flows) -> None:
    async with serving(echo) as peer:
        result = await run(flows, peer.url, [http(raw=True)])
        assert result.headers["content-type"] == "application/octet-stream"
        assert (await run(flows, peer.url, [http(method="HEAD"), output("${body}")])).text == ""


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"connection": ""}, "where to? give `connection`, or a full `url`"),
        ({"url": "https://a.example/x", "path": "/x"}, "give `url` or `path`, one of the two"),
        ({"connection": "", "url": "${body.url}"}, "the scheme and the host are written out"),
        ({"connection": "", "url": "https://${body.host}/x"}, "the scheme and the host are written out"),
        ({"connection": "", "url": "https://a.example${body}"}, "the scheme and the host are written out"),
        ({"path": "/a/../b"}, "a path has no `.`"),
        ({"path": "/a#b"}, "do not stand in an address"),
        ({"headers": {"Host": "x"}}, "'Host' is no header that a step may set"),
        ({"headers": {"a b": "x"}}, "'a b' is no header that a step may set"),
        ({"headers": {"X-A": "a\nb"}}, "is not one line"),
        ({"body": "x"}, "a GET has no body"),
        ({"method": "get"}, "a method in capitals"),
        ({"expect": ["ok"]}, "a status such as 404"),
        ({"connection": "/p/none.connection"}, "there is no connection"),
    ],
)
def test_what_an_author_is_told(flows: Flows, fields: dict[str, Any], told: str) -> None:
    fields = {name: value for name, value in http(**fields).items() if value != ""}
    assert told in problems(flows, fields)


async def test_mocks_stand_in_by_connection_and_address(flows: Flows) -> None:
    flows.write(CRM, {"type": "http", "url": "https://api.example.com"})
    full = {"type": "http", "url": "https://b.example/x/${body}", "result": "b"}
    flows.write("p/f.flow", {"steps": [http(path="/a", result="a"), full, output("${properties.a} ${properties.b}")]})
    mocks = [
        {"connection": "p/crm.connection", "reply": {"body": "mocked"}},
        {"address": "https://b.example/*", "reply": {"body": "too"}},
    ]
    client = FlowClient(flows.folder, mocks=mocks)
    assert (await client.post("p/f.flow", json=7)).text == "mocked too"
    assert [call.address for call in client.calls if call.kind == "step"] == ["/a", "https://b.example/x/7"]
