from airdock.request import Request
from airdock.spec.descriptors import Job
from airdock.triggers.activity import Activity
from airdock.triggers.http.answer import make_answer
from tests.unit.flows import Flows, output


async def test_a_pipeline_is_what_an_activity_starts(flows: Flows) -> None:
    flows.write("p/a.job", {"expression": "0 0 * * * ?", "steps": [output("ran")]})
    (activity,) = flows.client().agent.activities(Job)
    assert isinstance(activity, Activity)
    exchange = activity.pipeline.exchange(Request())
    assert activity.pipeline.run(exchange, lambda exchange: make_answer(exchange).body) is None
    assert (activity.name, activity.owner, exchange.run.flow, exchange.answer) == ("p/a.job", "", "p/a.job", "ran")
