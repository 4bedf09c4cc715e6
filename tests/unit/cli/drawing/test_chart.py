"""What a chart shows of a flow, whatever its steps are called."""

from typing import Any

from airdock.builtin import catalogue
from airdock.cli.drawing import Branch, Item, flow_chart
from airdock.spec.catalogue import Catalogue
from airdock.spec.fields import Spec, field
from airdock.spec.flow import SubFlow
from airdock.spec.kinds import Expression, Flow, Integer, ListOf, MapOf, OneOf, Record, Steps, Text
from airdock.spec.step import Step

OUT = {"type": "output", "message": "x"}
DRAWN = Item("output", "", ("x",))


def items(*steps: Any) -> tuple[Item, ...]:
    return flow_chart({"steps": list(steps)}, catalogue(), "t").items


def test_a_step_shows_its_type_as_the_reference_writes_it_its_name_and_its_fields() -> None:
    assert items({"type": "OUTPUT", "name": "hi", "message": {"a": ["b", 1]}}) == (
        Item("output", "hi", ('a: ["b", 1]',)),
    )


def test_several_fields_have_their_names_and_a_long_text_is_cut() -> None:
    (item,) = items({"type": "respond", "status": 201, "body": "x" * 60, "when": "true", "timeout": "3s"})
    assert item.lines == ("status: 201", "body: " + "x" * 33 + "…", "when: true", "timeout: 3s")


def test_cases_are_branches_and_what_is_left_out_is_a_way_without_steps() -> None:
    cases = [
        {"key": "tier", "value": None, "flow": {"steps": [OUT]}},
        {"when": "body.a > 1", "flow": {"steps": [OUT]}},
    ]
    (item,) = items({"type": "condition", "cases": cases})
    assert item.stages == ((Branch("tier = null", (DRAWN,)), Branch("body.a > 1", (DRAWN,)), Branch("otherwise", ())),)


def test_try_has_its_steps_beside_its_handlers_and_finally_behind_both() -> None:
    (item,) = items(
        {
            "type": "try",
            "steps": [OUT],
            "catch": [{"on": ["a.*", "b"], "steps": []}, {"steps": [OUT]}],
            "finally": [OUT],
        }
    )
    assert item.stages == (
        (Branch("try", (DRAWN,)), Branch("catch a.*, b", (), error=True), Branch("catch", (DRAWN,), error=True)),
        (Branch("finally", (DRAWN,)),),
    )


def test_sub_flows() -> None:
    in_place, by_path = items(
        {"type": "flow", "flow": {"name": "inner", "steps": [OUT]}}, {"type": "flow", "module": "/p/b.flow"}
    )
    assert in_place.stages == ((Branch("inner", (DRAWN,)),),)
    assert by_path == Item("flow", "", ("/p/b.flow",))


def test_nothing_follows_a_step_that_ends_the_run_unless_it_may_be_skipped() -> None:
    assert [item.ends for item in items({"type": "stop"}, {"type": "stop", "when": "x"}, OUT)] == [True, False, False]


def test_handlers_of_errors() -> None:
    chart = flow_chart(
        {"steps": [OUT], "onError": [{"on": ["http.5xx"], "steps": [OUT], "continue": True}, {}]}, catalogue(), "t"
    )
    assert chart.handlers == (
        Branch("onError http.5xx, continue true", (DRAWN,), error=True),
        Branch("onError", (), error=True),
    )


class Way(Spec):
    weight: int = field(Integer(), "Share.", default=1)
    steps: list[Step] = field(Steps(), "What runs.")


class Invented(Step):
    """A step that no drawing has heard of."""

    type = "invented"
    group = "routing"

    while_: Any = field(Expression(), "Until.", name="while")
    flows: list[SubFlow] = field(ListOf(Flow()), "Side by side.")
    named: dict[str, SubFlow] = field(MapOf(Flow()), "By name.")
    ways: list[Way] = field(ListOf(Record(Way)), "By weight.")
    single: Way | None = field(Record(Way), "One.")
    either: Any = field(OneOf((Text(), Steps(), Flow())), "Several forms.")


def test_a_flow_among_several_may_be_named_by_its_path() -> None:
    flows = [{"name": "left", "steps": [OUT]}, "/shop/price.flow"]
    (item,) = items({"type": "multicast", "flows": flows})
    left, right = item.stages[0]
    assert (left.label, left.items) == ("left", (DRAWN,))
    assert right.items == (Item("flow", "", ("/shop/price.flow",)),)


def test_a_new_step_is_drawn_from_its_declaration() -> None:
    written = {
        "type": "invented",
        "while": "a < b",
        "flows": [{"steps": [OUT]}, {"name": "second", "steps": []}],
        "named": {"left": {"steps": [OUT]}},
        "ways": [{"weight": 3, "steps": [OUT]}],
        "single": {"steps": [OUT]},
        "either": [OUT],
    }
    (item,) = flow_chart({"steps": [written]}, Catalogue([*catalogue(), Invented]), "t").items
    assert item.lines == ("a < b",)
    assert item.stages == (
        (
            Branch("flows 1", (DRAWN,)),
            Branch("second", ()),
            Branch("left", (DRAWN,)),
            Branch("weight 3", (DRAWN,)),
            Branch("single", (DRAWN,)),
            Branch("either", (DRAWN,)),
        ),
    )
