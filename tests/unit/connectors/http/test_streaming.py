import asyncio

from aiohttp import web

from tests.unit.connectors.http.peers import echo, serving
from tests.unit.connectors.http.test_step import http, run
from tests.unit.flows import Flows, output

READ = {"type": "unmarshal", "format": "ndjson", "streaming": True}
EACH = {"type": "split", "expression": "body", "steps": [output("${body.n} ")]}


class Lines:
    """Sends lines; with `held` it waits behind the first one, with `endless` it goes on until it is cut."""

    def __init__(self, count: int, held: bool = False, endless: bool = False) -> None:
        self.count = count
        self.endless = endless
        self.held = held
        self.cut = asyncio.Event()

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        try:
            for number in range(self.count):
                await response.write(b'{"n":%d}\n' % number)
                if self.held:
                    await asyncio.Event().wait()
            while self.endless:
                await response.write(b" " * 65536)
        except (ConnectionError, asyncio.CancelledError):
            self.cut.set()
            raise
        return response


async def test_an_answer_is_read_line_by_line(flows: Flows) -> None:
    async with serving(Lines(5)) as peer:
        result = await run(flows, peer.url, [http(stream=True), READ, EACH, output("${properties.http.status}")])
        assert result.text == "0 1 2 3 4 200"


async def test_a_stream_is_bounded_where_the_step_says_so(flows: Flows) -> None:
    async with serving(Lines(1000)) as peer:
        result = await run(flows, peer.url, [http(stream=True, maxSize="1KB"), READ, EACH])
        assert "connector.http.tooLarge" in result.text
        connection = {"maxSize": "1KB"}
        result = await run(flows, peer.url, [http(stream=True), READ, EACH, output("end")], connection=connection)
        assert result.text.endswith(" 999 end")


async def test_what_is_not_taken_is_let_go_when_the_run_ends(flows: Flows) -> None:
    lines = Lines(2, endless=True)
    async with serving(lines) as peer:
        assert (await run(flows, peer.url, [http(stream=True), output("done")])).text == "done"
        await asyncio.wait_for(lines.cut.wait(), 5)


async def test_a_service_that_stops_in_the_middle(flows: Flows) -> None:
    async with serving(Lines(2, held=True)) as peer:
        result = await run(flows, peer.url, [http(stream=True, timeout="100ms"), READ, EACH])
        assert (result.status, "connector.timeout" in result.text) == (504, True)


async def test_a_status_that_is_not_expected(flows: Flows) -> None:
    async with serving(echo) as peer:
        result = await run(flows, peer.url, [http(stream=True, expect=["404"])])
        assert "connector.http.status" in result.text
