"""What is added to a JSON file of somebody's leaves the rest as it is."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.cli.editor.jsonc import merged
from airdock.errors import DescriptorError


def bare(text: str) -> Any:
    without = re.sub(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*(?s:.*?)\*/', lambda match: match[1] or "", text)
    return json.loads(re.sub(r",(\s*[}\]])", r"\1", without))


def test_a_file_that_is_not_there() -> None:
    assert merged("", {"a": [1]}, "f") == '{\n  "a": [\n    1\n  ]\n}\n'


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ('{\n    "a": 1\n}\n', '{\n    "a": 1,\n    "b": 2\n}\n'),
        ('{\n  "a": 1, // mine\n}\n', '{\n  "a": 1, // mine\n  "b": 2\n}\n'),
        ('{\n  "a": 1 // mine\n  // end\n}\n', '{\n  "a": 1, // mine\n  "b": 2\n  // end\n}\n'),
        ('{"a": 1}', '{"a": 1,\n  "b": 2\n}'),
        ("{}\n", '{\n    "b": 2\n}\n'),
        ("{\n  // mine\n}\n", '{\n    "b": 2\n  // mine\n}\n'),
        ('{\n\t"a": 1\n}', '{\n\t"a": 1,\n\t"b": 2\n}'),
        ('{"b": 3}', '{"b": 3}'),
    ],
)
def test_a_member_is_added_behind_the_others(text: str, made: str) -> None:
    assert merged(text, {"b": 2}, "f") == made


def test_inside_of_objects_and_lists() -> None:
    text = '{\n  "o": {\n    "x": 1\n  },\n  "l": [\n    {"url": "u", "mine": true}\n  ]\n}\n'
    made = merged(text, {"o": {"x": 2, "y": 3}, "l": [{"url": "u"}, {"url": "v"}]}, "f")
    assert bare(made) == {"o": {"x": 1, "y": 3}, "l": [{"url": "u", "mine": True}, {"url": "v"}]}
    assert made.startswith('{\n  "o": {\n    "x": 1,\n    "y": 3\n  },\n')


def test_a_value_of_another_type_is_kept() -> None:
    assert merged('{"a": "mine"}', {"a": {"b": 1}}, "f") == '{"a": "mine"}'


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1 "b": 2}'])
def test_a_file_that_cannot_be_added_to(text: str) -> None:
    with pytest.raises(DescriptorError) as refused:
        merged(text, {"a": 1}, "settings.json")
    assert refused.value.problems[0].place.file == "settings.json"


NAMES = st.sampled_from("abc")
VALUES = st.recursive(
    st.integers(0, 3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=3)


@given(OBJECTS, OBJECTS, st.sampled_from([None, 2, 4]), st.booleans())
def test_whatever_is_added(before: dict[str, Any], additions: dict[str, Any], indent: int | None, noted: bool) -> None:
    text = json.dumps(before, indent=indent)
    text = text.replace("\n", " // note\n") if noted else text
    made = merged(text, additions, "f")
    after = bare(made)
    assert made.count("// note") == text.count("// note")
    assert merged(made, additions, "f") == made
    for name, value in additions.items():
        assert name in after
        assert after[name] == value or name in before
    for name, value in before.items():
        if not isinstance(value, dict | list):
            assert after[name] == value
