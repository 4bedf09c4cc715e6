"""Charts as Mermaid flowcharts."""

import re

from hypothesis import given
from hypothesis import strategies as st

from airdock.cli.drawing import Branch, Chart, Item, to_mermaid

STEP = Item("log", "", ("x",))
LINE = re.compile(
    r'flowchart TD|  \w+(\(\[|\[|\{\{|\(\()"[^"]*"(\]\)|\]|\}\}|\)\))|  \w+ (-->|-\.->)(\|"[^"]*"\|)? \w+'
)


def edges(chart: Chart) -> list[str]:
    return [line.strip() for line in to_mermaid(chart).splitlines() if "->" in line]


def test_a_sequence() -> None:
    assert edges(Chart("t", (STEP, STEP))) == ["start --> n1", "n1 --> n2", "n2 --> answer"]


def test_a_flow_without_steps() -> None:
    assert edges(Chart("t", ())) == ["start --> answer"]


def test_branches_meet_again() -> None:
    item = Item("condition", "", (), ((Branch("a", (STEP,)), Branch("b", ())),))
    assert edges(Chart("t", (item, STEP))) == [
        "start --> n1",
        'n1 -->|"a"| n2',
        "n2 --> n3",
        'n1 -->|"b"| n3',
        "n3 --> answer",
    ]


def test_nothing_follows_what_ends() -> None:
    ended = Item("stop", "", (), ends=True)
    text = to_mermaid(Chart("t", (ended,)))
    assert "answer" not in text


def test_a_later_stage_begins_where_the_ways_of_the_one_before_meet() -> None:
    item = Item(
        "try",
        "",
        (),
        ((Branch("try", (STEP,)), Branch("catch", (STEP,), error=True)), (Branch("finally", (STEP,)),)),
    )
    assert edges(Chart("t", (item,))) == [
        "start --> n1",
        'n1 -->|"try"| n2',
        'n1 -.->|"catch"| n3',
        "n2 --> n4",
        "n3 --> n4",
        'n4 -->|"finally"| n5',
        "n5 --> answer",
    ]


def test_handlers_stand_by_themselves() -> None:
    assert edges(Chart("t", (), (Branch("onError", (STEP,), error=True),)))[:1] == ["error1 --> n1"]


@given(st.text(), st.text(), st.text())
def test_no_text_breaks_the_syntax(title: str, name: str, label: str) -> None:
    texts = [re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text) for text in (title, name, label)]
    item = Item("x", texts[1], (texts[1],), ((Branch(texts[2], (STEP,)),),))
    for line in to_mermaid(Chart(texts[0], (item,), (Branch(texts[2], ()),))).splitlines():
        assert LINE.fullmatch(line), line
