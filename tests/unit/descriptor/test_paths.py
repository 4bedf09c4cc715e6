import json
from typing import Any

from airdock.descriptor import Reader

SAY = {"type": "say", "message": "x"}


def flow(name: str = "", *steps: Any) -> dict[str, Any]:
    return {"steps": list(steps or [SAY]), **({"name": name} if name else {})}


def paths(reader: Reader, *steps: Any, **fields: Any) -> list[str]:
    model: Any = reader.read("flow", json.dumps({"steps": steps, **fields}), "a.flow")
    found = _paths(model.steps)
    return found + [path for handler in model.on_error for path in _paths(handler.steps)]


def _paths(steps: list[Any]) -> list[str]:
    found = []
    for step in steps:
        found.append(step.path)
        inner = [case.flow.steps for case in [*getattr(step, "cases", []), *getattr(step, "catch", [])]]
        inner += [step.otherwise.steps] if getattr(step, "otherwise", None) else []
        inner += [getattr(step, "steps", []), getattr(step, "finally_", [])]
        found += [path for block in inner for path in _paths(block)]
    return found


def test_a_step_is_called_by_its_name_else_its_position(reader: Reader) -> None:
    assert paths(reader, SAY, {**SAY, "name": "greet"}, SAY) == ["1", "greet", "3"]


def test_sub_flows_are_called_by_their_name_else_by_where_they_stand(reader: Reader) -> None:
    cases = [{"key": "a", "flow": flow("welcome")}, {"key": "b", "flow": flow()}]
    choose = {"type": "choose", "cases": cases, "otherwise": flow()}
    assert paths(reader, SAY, SAY, choose) == ["1", "2", "3", "3.welcome.1", "3.case2.1", "3.otherwise.1"]


def test_blocks_inside_a_step(reader: Reader) -> None:
    attempt = {"type": "attempt", "steps": [SAY], "catch": [{"key": "a", "flow": flow()}], "finally": [SAY]}
    assert paths(reader, attempt) == ["1", "1.catch1.1", "1.1", "1.finally.1"]


def test_steps_deep_inside(reader: Reader) -> None:
    inner = {"type": "attempt", "name": "safe", "steps": [{**SAY, "name": "hi"}]}
    choose = {"type": "choose", "cases": [{"key": "a", "flow": flow("welcome", inner)}]}
    assert paths(reader, choose) == ["1", "1.welcome.safe", "1.welcome.safe.hi"]


def test_handlers_of_a_flow(reader: Reader) -> None:
    assert paths(reader, SAY, onError=[{"steps": [SAY]}, {"steps": [SAY, SAY]}]) == [
        "1",
        "onError1.1",
        "onError2.1",
        "onError2.2",
    ]


def test_every_path_is_one_steps(reader: Reader) -> None:
    same = {**SAY, "name": "o"}
    assert paths(reader, same, same, same, {**SAY, "name": "5"}, SAY) == ["o", "o#2", "o#3", "5", "5#2"]


def test_what_stands_in_a_step_with_a_suffix_has_it_too(reader: Reader) -> None:
    attempt = {"type": "attempt", "name": "a", "steps": [SAY]}
    assert paths(reader, attempt, attempt) == ["a", "a.1", "a#2", "a#2.1"]
