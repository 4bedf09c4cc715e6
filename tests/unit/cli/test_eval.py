"""`airdock eval`: expressions on samples."""

import json

import pytest

from tests.unit.cli.program import Program
from tests.unit.flows import Flows

ORDER = {"name": "Joe", "items": [{"name": "tea", "price": 9}, {"name": "ink", "price": 2}]}


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["body.items[price > 5].name"], '"tea"\n'),
        (["body.items[price > 5].name", "--raw"], "tea\n"),
        (["Dear ${body.name}", "--raw"], "Dear Joe\n"),
        (["${body.items[0].price}"], "9\n"),
        (["name", "--document"], '"Joe"\n'),
        (["body.nothing"], "null\n"),
    ],
)
def test_the_value(airdock: Program, flows: Flows, arguments: list[str], printed: str) -> None:
    flows.write("order.json", ORDER)
    assert airdock("eval", *arguments, "--input", "order.json") == (0, printed, "")


def test_an_expression_of_a_file_and_standard_input(airdock: Program, flows: Flows) -> None:
    flows.write("sum.jsonata", "$sum(body.items.price)\n")
    assert airdock("eval", "@sum.jsonata", "-i", "-", input=json.dumps(ORDER)) == (0, "11\n", "")


def test_what_does_not_compile_is_shown_at_its_place(airdock: Program) -> None:
    ended = airdock("eval", "body.items[price >")
    assert ended.code == 1
    assert ended.err.splitlines()[0].startswith("1:19: ")
    assert ended.err.splitlines()[1:] == ["  body.items[price >", "                    ^"]


def test_what_fails(airdock: Program) -> None:
    ended = airdock("eval", '"a" + 1')
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("expression.type")


@pytest.mark.parametrize(
    "arguments",
    [["1", "-i", "none.json"], ["@none"], ["1", "--watch"], ["1", "-i", "-", "--watch"], ["1", "-i", "no.json"]],
)
def test_what_cannot_be_read(airdock: Program, flows: Flows, arguments: list[str]) -> None:
    flows.write("no.json", "{")
    assert airdock("eval", *arguments).code == 2
