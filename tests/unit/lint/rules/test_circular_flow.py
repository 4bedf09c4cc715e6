from airdock.lint.rules.circular_flow import CODE
from tests.unit.lint.finding import call, codes, found, problems_in


def test_two_flows_that_call_each_other() -> None:
    other = {"steps": [call("a.flow", when="body.deeper")]}
    assert found(CODE, [call("b.flow")], b_flow=other) == [
        "$.steps[0].module flows call each other in a circle: /p/a.flow → /p/b.flow → /p/a.flow"
    ]


def test_a_flow_that_calls_itself_sometimes_is_no_circle_of_flows() -> None:
    assert found(CODE, [call("a.flow", when="body.next")]) == []


def test_flows_that_call_one_flow_are_in_no_circle() -> None:
    assert found(CODE, [call("b.flow"), call("c.flow")], b_flow={"steps": [call("c.flow")]}, c_flow={"steps": []}) == []


def test_an_endless_circle_is_told_once() -> None:
    assert codes({"steps": [call("b.flow")]}, b_flow={"steps": [call("a.flow")]}) == ["lint.endlessRecursion"]


def test_the_first_flow_of_a_project_tells_it_for_the_others() -> None:
    flows = {
        name: {"steps": [call(other, when="body")]} for name, other in (("b.flow", "a.flow"), ("a.flow", "b.flow"))
    }
    told = problems_in({f"p/{name}": flow for name, flow in flows.items()})
    assert [(each.code, each.place.file) for each in told] == [(CODE, "p/a.flow")]


def test_at_the_root() -> None:
    root = {"x.flow": {"steps": [{"type": "flow", "module": "/p/y.flow", "when": "body"}]}}
    inside = {"p/y.flow": {"steps": [{"type": "flow", "module": "/x.flow", "when": "body"}]}}
    assert [each.place.file for each in problems_in({**root, **inside})] == ["p/y.flow", "x.flow"]
