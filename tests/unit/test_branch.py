from typing import Any

from airdock.branch import MOST_STEPS, branch_of, forget_round, join
from airdock.exchange import BranchEnd, Exchange, Run, StepInfo


def made(body: Any = None, **properties: Any) -> Exchange:
    exchange = Exchange(Run("1", "p/f.flow"), trail=[], properties=properties)
    exchange.body = body
    return exchange


def test_a_branch_shares_nothing_that_a_step_could_change() -> None:
    exchange = made({"a": [1]}, p={"q": 1})
    exchange.headers["x"] = ["1"]
    branch = branch_of(exchange)
    branch.body["a"].append(2)
    branch.properties["p"]["q"] = 2
    branch.headers["x"].append("2")
    branch.headers["y"] = "1"
    assert (exchange.body, exchange.properties) == ({"a": [1]}, {"p": {"q": 1}})
    assert exchange.headers == {"x": ["1"]}
    assert branch.document["properties"] is branch.properties


def test_a_branch_may_have_a_body_and_a_run_of_its_own() -> None:
    exchange = made("whole")
    exchange.need("run")
    branch = branch_of(exchange, "item", Run("2", "p/f.flow"))
    branch.need("run")
    assert (branch.body, branch.body_set, branch.document["run"]["id"]) == ("item", True, "2")
    assert exchange.document["run"]["id"] == "1"


def test_what_a_branch_wrote_comes_behind_what_is_there() -> None:
    exchange = made()
    exchange.response.write("before;")
    branch = branch_of(exchange)
    branch.response.write("in the branch;")
    branch.response.status = 201
    branch.response.headers["X-A"] = "1"
    assert branch.trail is not None
    branch.trail += (StepInfo("1.1", "1", "output"), 5)
    join(exchange, branch, "1")
    response = exchange.response
    assert (response.parts, response.status, dict(response.headers)) == (
        ["before;", "in the branch;"],
        201,
        {"x-a": "1"},
    )
    assert exchange.trail is not None
    assert exchange.trail[:3] == [StepInfo("1.1", "1", "output"), 5, BranchEnd("1")]


def test_calls_of_flows_add_up_only_within_flows_that_others_call() -> None:
    for depth, expected in ((0, 1), (1, 4)):
        exchange = made()
        exchange.calls, exchange.depth = 1, depth
        branch = branch_of(exchange)
        branch.calls += 3
        join(exchange, branch, "1")
        assert exchange.calls == expected


def test_the_trail_of_many_rounds_has_an_end() -> None:
    trail: list[Any] = [None] * (2 * MOST_STEPS)
    for _ in range(3):
        mark = len(trail)
        trail += (StepInfo("1", "1", "output"), 1)
        forget_round(trail, mark)
    assert len(trail) == 2 * MOST_STEPS
    forget_round(None, 0)
