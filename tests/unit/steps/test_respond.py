from tests.unit.flows import Flows, output


async def test_status_headers_and_body(flows: Flows) -> None:
    step = {
        "type": "respond",
        "status": 201,
        "headers": {"Location": "/x/${request.query.id}"},
        "body": {"id": "${request.query.id}"},
    }
    result = await flows.run([step], query="id=7")
    assert (result.status, result.json(), result.headers["location"]) == (201, {"id": "7"}, "/x/7")
    assert result.headers["content-type"] == "application/json"


async def test_the_last_one_wins_and_the_flow_goes_on(flows: Flows) -> None:
    steps = [{"type": "respond", "status": 404}, output("text"), {"type": "respond", "status": 202}]
    result = await flows.run(steps)
    assert (result.status, result.text) == (202, "text")


async def test_its_body_stands_in_place_of_what_was_written(flows: Flows) -> None:
    assert (await flows.run([output("a"), {"type": "respond", "body": "b"}, output("c")])).text == "b"


async def test_a_content_type_of_ones_own(flows: Flows) -> None:
    result = await flows.run([{"type": "respond", "headers": {"Content-Type": "text/csv"}, "body": "a,b"}])
    assert result.headers["content-type"] == "text/csv"


async def test_a_computed_status(flows: Flows) -> None:
    step = {"type": "respond", "status": "${$number(request.query.s)}"}
    assert (await flows.run([step], query="s=410")).status == 410
    result = await flows.run([step], query="s=99")
    assert (result.status, result.json()["code"]) == (500, "step.value")


async def test_a_header_never_holds_a_line_break(flows: Flows) -> None:
    result = await flows.run(
        [{"type": "respond", "headers": {"X": "${request.query.x}"}}], query="x=a%0d%0aset-cookie:b"
    )
    assert (result.status, result.json()["code"]) == (500, "response.invalid")


def test_a_status_outside_http_is_refused(flows: Flows) -> None:
    assert "status" in flows.problems([{"type": "respond", "status": 99}])[0]
    assert "status" in flows.problems([{"type": "respond", "status": "abc"}])[0]
    assert flows.problems([{"type": "respond"}])
