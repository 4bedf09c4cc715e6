from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.exchange import Exchange, Run
from airdock.packing import pack
from airdock.steps.keeping.luggage import STACK, Rule, Selection, rules_of

NAMES = st.sampled_from(["a", "b", "x-a", "x-b"])
PARTS = st.dictionaries(NAMES, st.integers() | st.text(), max_size=4)


def message(body: Any, headers: dict[str, Any], properties: dict[str, Any]) -> Exchange:
    exchange = Exchange(Run("id", "flow"), properties=dict(properties))
    exchange.body = body
    exchange.headers.update(headers)
    return exchange


def test_rules_are_read() -> None:
    assert rules_of("") == rules_of("  ") == []
    assert rules_of("body, +headers,-header:a, --property:b*") == [
        Rule("", "b", None),
        Rule("", "h", None),
        Rule("-", "h", "a"),
        Rule("--", "p", "b*"),
    ]


@pytest.mark.parametrize("text", ["bodies", "header:", "---body", "body,,headers", "attachments", "+-body", "header"])
def test_what_is_no_rule_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is no rule: `body`, `headers`"):
        rules_of(text)


@given(st.integers() | st.text() | st.lists(st.integers()), PARTS, PARTS, PARTS, PARTS)
def test_what_is_put_aside_comes_back(
    body: Any, headers: dict[str, Any], properties: dict[str, Any], later: dict[str, Any], others: dict[str, Any]
) -> None:
    everything = Selection(rules_of("body,headers,properties"))
    packed = everything.packed(message(body, headers, properties), 100_000)
    exchange = message("light", later, others)
    everything.put_back(exchange, packed)
    assert exchange.body == body
    assert exchange.headers == {**later, **headers}
    assert exchange.properties == {**others, **properties}


@given(PARTS, PARTS, st.sampled_from(["a", "x-*", "*"]))
def test_what_is_left_out_stays_as_it_is(put: dict[str, Any], there: dict[str, Any], pattern: str) -> None:
    packed = Selection([]).packed(message("body", put, {}), 100_000)
    exchange = message("light", there, {})
    Selection(rules_of(f"-body,-header:{pattern}")).put_back(exchange, packed)
    left_out = {"a": ["a"], "x-*": ["x-a", "x-b"], "*": ["a", "b", "x-a", "x-b"]}[pattern]
    assert exchange.body == "light"
    assert exchange.headers == {**there, **{name: value for name, value in put.items() if name not in left_out}}


def test_the_stack_is_not_put_aside() -> None:
    everything = Selection(rules_of("properties"))
    packed = everything.packed(message("", {}, {STACK: [b"x"], "a": 1}), 1000)
    exchange = message("", {}, {STACK: [b"y"]})
    everything.put_back(exchange, packed)
    assert exchange.properties == {STACK: [b"y"], "a": 1}


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        ({"a": object()}, {}, "the body.a is a object, which cannot be kept"),
        ("", {"x": [object()]}, r"the headers.x\[0\] is a object"),
        ("x" * 2000, {}, "it is larger than 1,000 bytes"),
    ],
)
def test_what_cannot_be_kept_is_told(body: Any, headers: dict[str, Any], reason: str) -> None:
    with pytest.raises(FlowError, match=reason) as caught:
        Selection([]).packed(message(body, headers, {}), 1000)
    assert caught.value.code == "claimCheck.content"


@pytest.mark.parametrize("content", [b"", b"\xc1", pack([1], 100), pack("text", 100)])
def test_what_is_no_message_is_told(content: bytes) -> None:
    with pytest.raises(FlowError) as caught:
        Selection([]).put_back(message("", {}, {}), content)
    assert caught.value.code == "state.content"
