"""The declaration of flow tests, as their reader gives it."""

import json
from typing import Any

import pytest

from airdock.descriptor import Reader
from airdock.errors import DescriptorError
from airdock.spec.catalogue import Catalogue
from airdock.spec.flow_test import FlowTest
from airdock.spec.flow_test.expectation import Order
from airdock.spec.flow_test.message import Message
from airdock.spec.flow_test.mock import Mock


def read(**test: Any) -> FlowTest:
    model: FlowTest = Reader(Catalogue(())).read("test", json.dumps(test), "p/f.test.json")
    return model


def test_the_flow_is_the_one_of_the_name() -> None:
    assert read(cases=[{"name": "a"}]).tested("p/deep/f.test") == "p/deep/f.flow"
    assert read(flow="/p/g.flow", cases=[{"name": "a"}]).tested("p/f.test") == "p/g.flow"


def test_messages_are_one_or_several_or_a_plain_one() -> None:
    test = read(cases=[{"name": "a"}, {"name": "b", "send": {}}, {"name": "c", "send": [{}, {"at": "2s"}]}])
    assert [[message.at for message in case.messages] for case in test.cases] == [[None], [None], [None, 2.0]]
    assert isinstance(test.cases[0].messages[0], Message)


def test_steps_are_a_list_or_what_is_in_it() -> None:
    test = read(cases=[{"name": "a", "expect": {"steps": ["x"]}}, {"name": "b", "expect": {"steps": {"not": ["x"]}}}])
    whole, part = [case.expect for case in test.cases]
    assert whole is not None
    assert isinstance(whole.steps, list)
    assert part is not None
    assert isinstance(part.steps, Order)


def test_mocks_of_the_file_come_first_in_the_list() -> None:
    test = read(mocks=[{"step": "a"}], cases=[{"name": "a", "mocks": [{"step": "b"}]}])
    assert [mock.step for mock in test.every_mock] == ["a", "b"]
    assert isinstance(test.mocks[0], Mock)


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        ({"name": ""}, "`name` must be a name"),
        ({"name": "a", "rows": "x.txt"}, "the name of a .csv file"),
        ({"name": "a", "send": {"at": 2}}, 'did you mean "2s"?'),
        ({"name": "a", "send": {"method": "get"}}, "did you mean 'GET'?"),
        ({"name": "a", "expect": {"calls": [{"times": 1}]}}, "name one of flow"),
        ({"name": "a", "expect": {"calls": [{"flow": "/a.flow", "step": "b"}]}}, "name one of flow"),
        ({"name": "a", "expect": {"status": "ok"}}, "`status` must be a whole number"),
        ({"name": "a", "expect": {"text": "${a +}"}}, "S0207"),
    ],
)
def test_mistakes_are_told(case: dict[str, Any], problem: str) -> None:
    with pytest.raises(DescriptorError) as raised:
        read(cases=[case])
    assert problem in str(raised.value)
