import pytest

from airdock.testing import FlowClient, RecordedRun
from tests.unit.flows import Flows, output


async def test_calls_a_flow_and_tells_its_steps(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [output("${body.a}", when="body.a"), output("skipped", when="false")]})
    result = await FlowClient(flows.folder).post("/services/flow/p/f.flow", json={"a": 5})
    assert (result.status, result.text, result.json(), result.headers["airdock-run"]) == (
        200,
        "5",
        5,
        result.run and result.run.exchange.run.id,
    )
    assert isinstance(result.run, RecordedRun)
    assert result.run.steps == ["1"]
    assert result.run.ended_ns > result.run.started_ns


async def test_without_a_run(flows: Flows) -> None:
    result = await FlowClient(flows.folder).get("absent.flow")
    assert (result.status, result.run) == (404, None)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [({"json": {"a": "b"}}, "application/json"), ({"form": {"a": "b"}}, "application/x-www-form-urlencoded")],
)
async def test_bodies_bring_their_content_type(flows: Flows, body: dict[str, object], content_type: str) -> None:
    flows.write("p/f.flow", {"steps": [output("${body.a} ${request.headers.`content-type`}")]})
    assert (await FlowClient(flows.folder).post("p/f.flow", **body)).text == f"b {content_type}"


async def test_details_may_be_kept_from_the_caller(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [{"type": "transform", "expression": "'a' + 1"}]})
    assert "detail" in (await FlowClient(flows.folder).get("p/f.flow")).json()
    assert "detail" not in (await FlowClient(flows.folder, show_details=False).get("p/f.flow")).json()


async def test_secrets_are_given_to_flows_that_name_them(flows: Flows) -> None:
    flows.write(
        "p/f.flow", {"apiKey": {"header": "X-Key", "secret": "keys"}, "steps": [output("${request.user.name}")]}
    )
    assert (await FlowClient(flows.folder).get("p/f.flow")).status == 503
    client = FlowClient(flows.folder, secrets={"keys": "ann:5"})
    assert [(await client.get("p/f.flow", headers={"X-Key": key})).status for key in ("5", "6")] == [200, 401]
