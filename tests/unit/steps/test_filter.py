from tests.unit.flows import Flows, output


async def test_steps_run_when_the_expression_is_true(flows: Flows) -> None:
    step = {"type": "filter", "expression": "request.query.a", "steps": [output("passed;")]}
    assert (await flows.run([step, output("end")], query="a=1")).text == "passed;end"
    assert (await flows.run([step, output("end")])).text == "end"


def test_it_needs_an_expression_and_steps(flows: Flows) -> None:
    assert [problem.partition(": ")[2] for problem in flows.problems([{"type": "filter"}])] != []
