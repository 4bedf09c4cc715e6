import json
from collections.abc import Callable

import pytest

from airdock.descriptor import Limits, Reader
from airdock.errors import DescriptorError, Problem
from airdock.spec.catalogue import Catalogue

Refused = Callable[..., list[Problem]]


def test_an_unknown_type_gets_the_nearest_one(refused: Refused) -> None:
    (found,) = refused('{"steps": [{"type": "chose"}]}')
    assert str(found) == "shop/orders.flow:1:21: unknown step type 'chose': did you mean 'choose'? [$.steps[0].type]"
    assert found.code == "descriptor.unknownStep"


def test_types_are_read_in_any_case(reader: Reader) -> None:
    flow = reader.read(
        "flow", '{"steps": [{"type": "SAY", "message": "x"}, {"type": "Say", "message": "y"}]}', "a.flow"
    )
    assert [step.type for step in flow.steps] == ["say", "say"]


@pytest.mark.parametrize(
    ("step", "message", "hint"),
    [
        ({}, "item 1 of `steps` needs `type`", "it says what the step does"),
        ({"typ": "say"}, "item 1 of `steps` needs `type`", "is 'typ' meant to be it?"),
        ({"type": 5}, "`type` must be a text: the type of the step, not a number", ""),
        ([], 'item 1 of `steps` must be a step, which is an object such as {"type": "output"}, not a list', ""),
        ({"type": "attempt", "steps": []}, "`steps` must have at least 1 step", ""),
        ({"type": "attempt", "steps": {}}, "`steps` must be a list of steps, not an object", "put the step in [ ]"),
        (
            {"type": "choose", "cases": [{"key": "a", "flow": []}]},
            '`flow` must be a flow, which is an object such as {"steps": []}, not a list',
            "",
        ),
    ],
)
def test_what_is_no_step(refused: Refused, step: object, message: str, hint: str) -> None:
    (found,) = refused({"steps": [step]})
    assert (found.message, found.hint) == (message, hint)


def test_the_number_of_steps_is_bounded(catalogue: Catalogue) -> None:
    text = json.dumps({"steps": [{"type": "say", "message": "x"}] * 6})
    with pytest.raises(DescriptorError) as caught:
        Reader(catalogue, Limits(steps=5)).read("flow", text, "a.flow")
    (found,) = caught.value.problems
    assert (found.code, found.place.path) == ("descriptor.tooLarge", "$.steps[5]")


def test_nesting_of_flows_is_bounded(refused: Refused) -> None:
    inner = '{"type": "attempt", "steps": ['
    (found,) = refused('{"steps": [' + inner * 200 + "]}" * 200 + "]}")
    assert found.code == "descriptor.tooLarge"
