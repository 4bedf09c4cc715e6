"""What is told of messages beforehand."""

from typing import Any

import pytest

from airdock.connectors.publish.step import Publish
from airdock.expressions import compile_template
from airdock.server.asyncapi_messages import address_of, plain_address, sent_content, shape_of


@pytest.mark.parametrize(
    ("topic", "address", "names"),
    [
        ("orders", "orders", []),
        ("$${a}", "", []),
        ("orders.${body.kind}", "orders.{kind}", ["kind"]),
        ("${body.a}/${body.a}", "{a}/{a_2}", ["a", "a_2"]),
        ("x.${1 + 1}", "x.{part}", ["part"]),
        ("${body.topic}", "", []),
        ("a{${body.b}", "", []),
    ],
)
def test_addresses(topic: str, address: str, names: list[str]) -> None:
    assert address_of(compile_template(topic)) == (address, names)


def test_an_address_with_braces_is_left_out() -> None:
    assert plain_address("a/b") == "a/b"
    assert plain_address("a/{b}") == ""
    assert address_of(None) == ("", [])


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("${body}", {}),
        ("No. ${body}", {"type": "string"}),
        (True, {"type": "boolean"}),
        (1, {"type": "integer"}),
        (1.5, {"type": "number"}),
        (None, {"type": "null"}),
        ([1], {"type": "array"}),
        ({"a": {"b": "${1}"}}, {"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {}}}}}),
    ],
)
def test_shapes_tell_no_values(value: Any, shape: dict[str, Any]) -> None:
    assert shape_of(value) == shape


@pytest.mark.parametrize(
    ("body", "given", "content_type"),
    [
        ({"a": 1}, "", "application/json"),
        ("text", "", "text/plain"),
        ("text", "text/csv", "text/csv"),
        ("${body}", "", ""),
        (None, "", ""),
    ],
)
def test_content_types(body: Any, given: str, content_type: str) -> None:
    template = None if body is None else compile_template(body)
    assert sent_content(Publish(topic=compile_template("t"), body=template, content_type=given))[0] == content_type
