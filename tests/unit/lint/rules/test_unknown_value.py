import pytest

from airdock.lint.rules.unknown_value import CODE
from tests.unit.lint.finding import FLOW, OUTPUT, found, problems_in


@pytest.mark.parametrize(
    ("written", "told", "advice"),
    [
        ("order.total > 3", "no message has a `order`", "`body.order` is a part of the body"),
        ("bdy.total > 3", "no message has a `bdy`", "did you mean 'body'?"),
        ("body.total > price", "no message has a `price`", "`body.price` is a part of the body"),
        ("headers.Accept", "`headers` has no 'Accept'", "names of headers are lower-case: 'accept'"),
        ("request.headers.`X-Id` = 1", "`request.headers` has no 'X-Id'", "names of headers are lower-case: 'x-id'"),
    ],
)
def test_what_no_message_has(written: str, told: str, advice: str) -> None:
    problems = problems_in({FLOW: {"steps": [{**OUTPUT, "when": written}]}})
    assert [(each.code, each.message, each.hint) for each in problems] == [(CODE, told, advice)]


@pytest.mark.parametrize(
    "written",
    [
        "body.items[price > 1 and kind = $$.properties.kind]",
        "$sum(body.items.(price * quantity)) > 3",
        "body.items^(>price)[0].name = 'x'",
        "(($f := function($x) { $x.total > 1 }); $f(body))",
        "$map(body.items, function($each, $i) { $each.price })",
        "body.{'a': name} and $",
        "headers.`x-id` and request.headers.accept and headers",
        "loop.index + split.index > 0 or error.code = 'a' or run.id = 'x' or config.key",
    ],
)
def test_what_is_there_or_may_be(written: str) -> None:
    assert found(CODE, [{**OUTPUT, "when": written}]) == []


def test_texts_and_what_steps_give_to_expressions() -> None:
    steps = [
        {"type": "output", "message": "${ordr} and ${body.order}"},
        {"type": "multicast", "aggregate": "$sum(branches.body)", "flows": [{"steps": []}]},
        {"type": "multicast", "aggregate": " object", "flows": [{"steps": []}]},
        {"type": "enrich", "flow": {"steps": []}, "aggregate": "$merge([body, resource.body])"},
        {"type": "sort", "comparator": "a.price > b.price"},
        {"type": "dynamicRouter", "expression": "slip.count > 3 ? null : '/p/b.flow'"},
    ]
    assert found(CODE, steps, b_flow={"steps": []}) == ["$.steps[0].message no message has a `ordr`"]
