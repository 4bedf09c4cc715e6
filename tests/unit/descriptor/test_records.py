from collections.abc import Callable

import pytest

from airdock.descriptor import Reader
from airdock.errors import Problem
from airdock.spec.step import Step

Refused = Callable[..., list[Problem]]


def test_an_unknown_field_gets_the_nearest_name_and_no_second_problem(refused: Refused) -> None:
    (found,) = refused('{"steps": [\n{"type": "say", "mesage": "x"}]}')
    assert (
        str(found) == "shop/orders.flow:2:17: `say` has no field 'mesage': did you mean 'message'? [$.steps[0].mesage]"
    )
    assert found.code == "descriptor.unknownField"


def test_an_unknown_field_without_a_near_name_gets_the_list(refused: Refused) -> None:
    (found,) = refused({"steps": [{"type": "say", "message": "x", "qqq": 1}]})
    assert found.hint == "it has type, name, description, when, properties, timeout, retry, message"


def test_a_field_that_was_renamed_gets_its_name(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Step, "renamed", {"text": "`message`"})
    (found,) = refused({"steps": [{"type": "say", "message": "x", "text": "y"}]})
    assert (found.message, found.hint) == ("`say` has no field 'text'", "write `message`")


def test_a_missing_field_is_named(refused: Refused) -> None:
    (found,) = refused('{"steps": [\n  {"type": "say"}]}')
    assert (found.code, found.message) == ("descriptor.missingField", "`say` needs `message`")
    assert (found.place.line, found.place.column) == (2, 3)


def test_rules_between_fields_are_checked_at_the_field(refused: Refused) -> None:
    case = {"key": "a", "when": "b", "flow": {"steps": []}}
    (found,) = refused({"steps": [{"type": "choose", "cases": [case]}]})
    assert (found.message, found.place.path) == ("keep one of `key` and `when`", "$.steps[0].cases[0].when")
    (found,) = refused({"steps": [{"type": "choose", "cases": [{"flow": {"steps": []}}]}]})
    assert (found.message, found.place.path) == ("give `key` or `when`", "$.steps[0].cases[0]")


def test_places_of_fields_are_kept(reader: Reader) -> None:
    flow = reader.read("flow", '{"name": "x",\n "steps": [{"type": "say",\n   "message": "x"}]}', "a.flow")
    assert str(flow.place_of("steps")) == "a.flow:2:11"
    assert str(flow.steps[0].place) == "a.flow:2:12"
    assert str(flow.steps[0].place_of("message")) == "a.flow:3:15"
    assert flow.steps[0].place_of("timeout") == flow.steps[0].place


def test_one_of_several_kinds_reports_once(refused: Refused) -> None:
    problems = refused({"steps": [{"type": "many", "either": {}}, {"type": "many", "mapping": "((("}]})
    assert [each.place.path for each in problems] == ["$.steps[0].either", "$.steps[1].mapping"]
