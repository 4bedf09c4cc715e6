from tests.unit.flows import Flows, output

THROW = {"type": "throw", "code": "order.unknown", "message": "no order ${request.query.id}", "status": 404}


async def test_an_http_caller_gets_its_status(flows: Flows) -> None:
    result = await flows.run([output("gone"), THROW], query="id=7")
    assert result.status == 404
    assert result.headers["content-type"] == "application/problem+json"
    problem = result.json()
    assert (problem["code"], problem["detail"]) == ("order.unknown", "no order 7")
    assert problem["run"] == result.headers["airdock-run"]


async def test_the_same_error_again_from_a_handler(flows: Flows) -> None:
    again = {"type": "throw", "code": "${error.code}", "message": "again: ${error.message}"}
    result = await flows.run([{"type": "try", "steps": [THROW], "catch": [{"steps": [again]}]}])
    assert (result.json()["code"], result.status) == ("order.unknown", 500)


def test_a_status_that_is_no_error(flows: Flows) -> None:
    assert "status" in flows.problems([{"type": "throw", "code": "a", "status": 200}])[0]
