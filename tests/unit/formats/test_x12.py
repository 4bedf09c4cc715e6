from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.formats.format import TooLargeError
from airdock.formats.x12 import X12Reading
from airdock.formats.x12_writing import X12Writing
from tests.unit.formats.use import content_type, read, unreadable, unwritable, write

ORDER = (Path(__file__).parent / "data" / "purchase_order.x12").read_text()
ISA = ["ISA", "00", "", "00", "", "ZZ", "S", "ZZ", "R", "101127", "1719", "^", "00501", "7", "0", "P", ":"]
PART = st.text(alphabet="aA1ä ?'", max_size=8).map(str.strip)
ELEMENT = PART | st.lists(PART.filter(bool), min_size=2, max_size=3)
REPEATED = ELEMENT | st.lists(PART.filter(bool), min_size=2, max_size=3).map(lambda repeats: {"repeat": repeats})


def interchange(*segments: Any) -> dict[str, Any]:
    transaction = {"header": ["ST", "850", "0001"], "segments": list(segments)}
    return {
        "header": ISA,
        "groups": [{"header": ["GS", "PO", "S", "R", "20101127", "1719", "9"], "transactions": [transaction]}],
    }


def segments_of(value: dict[str, Any]) -> list[Any]:
    return [each["elements"] for each in value["groups"][0]["transactions"][0]["segments"]]


@given(
    st.lists(st.lists(REPEATED, max_size=4).map(lambda each: ["REF", *each, "x"]), max_size=4),
    st.sampled_from("*|\t"),
    st.sampled_from("~\n"),
    st.booleans(),
)
def test_what_is_written_is_read_back(segments: list[Any], element: str, end: str, breaks: bool) -> None:
    value = interchange(*({"elements": each} for each in segments))
    text = write(X12Writing(element=element, segment=end, line_breaks=breaks), value)
    found = read(X12Reading(), text)
    assert segments_of(found) == segments
    assert found["header"] == [*ISA[:13], "000000007", *ISA[14:]]


def test_a_purchase_order() -> None:
    value = read(X12Reading(), ORDER.encode())
    assert {name: value[name] for name in ("sender", "recipient", "reference")} == {
        "sender": "ABCCOMPANY",
        "recipient": "999999999",
        "reference": "000003438",
    }
    (group,) = value["groups"]
    (order,) = group["transactions"]
    assert (group["type"], order["type"], order["reference"]) == ("PO", "850", "000000010")
    assert order["segments"][0] == {
        "tag": "BEG",
        "elements": ["BEG", "00", "SA", "08292233294", "", "20101127", "610385385"],
    }
    assert write(X12Writing(line_breaks=True), value) == ORDER.strip()
    assert read(X12Reading(), ORDER.replace("\n", "")) == read(X12Reading(), ORDER.replace("\n", "\r\n")) == value
    assert content_type(X12Writing(), value) == "application/EDI-X12"


def test_repetitions_and_components() -> None:
    text = write(X12Writing(), interchange({"elements": ["EB", {"repeat": ["1", "35"]}, ["a", "b"], 2.5]}))
    assert "~EB*1^35*a:b*2.5~" in text
    assert segments_of(read(X12Reading(), text)) == [["EB", {"repeat": ["1", "35"]}, ["a", "b"], "2.5"]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it does not begin with ISA"),
        ("GS*PO", "it does not begin with ISA"),
        (
            ORDER.replace("ABCCOMPANY     *01", "ABCCOMPANY  *01"),
            "segment 1: the elements of ISA do not have",
        ),
        (ORDER.replace("*P*>~", "*P**~"), "segment 1: "),
        (ORDER.replace("SE*11", "SE*12"), "SE says that the number of segments is '12', but it is 11"),
        (ORDER.replace("SE*11*000000010", "SE*11*9"), "the transaction set's reference is '9'"),
        (ORDER.replace("GE*1*1421", "GE*2*1421"), "the number of transaction sets is '2', but it is 1"),
        (ORDER.replace("GE*1*1421", "GE*1*1"), "the group's reference is '1'"),
        (ORDER.replace("IEA*1*", "IEA*3*"), "the number of groups is '3', but it is 1"),
        (ORDER.replace("IEA*1*000003438", "IEA*1*1"), "the interchange's reference is '1'"),
        (ORDER.replace("SE*11*000000010~", ""), "segment 13: GE where SE should come"),
        (ORDER.replace("ST*850", "XX*850"), "segment 3: XX where ST or GE should come"),
        (ORDER.replace("BEG*", "be*"), "segment 4: 'be' is no tag of a segment"),
        (ORDER.strip()[:-1], "segment 15 has no end: '~' is missing"),
        (ORDER + "X~", "segment 16: 'X' is no tag"),
        (ORDER + "REF*1~", "segment 16: REF stands behind IEA"),
        (ORDER[: ORDER.index("SE*11")], "it ends behind segment 12 where SE should come"),
    ],
)
def test_an_error_names_the_segment(text: str, message: str) -> None:
    assert message in unreadable(X12Reading(), text)


def test_counts_may_be_wrong_where_nobody_checks() -> None:
    assert read(X12Reading(check_counts=False), ORDER.replace("SE*11*000000010", "SE*9*9"))


def test_a_flood_of_segments_is_refused() -> None:
    text = ORDER.replace("REF*DP*038~", "REF*1~" * 100)
    assert "more than `maxSegments`, 100" in unreadable(X12Reading(max_segments=100), text, error=TooLargeError)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], 'the interchange is an object with `header`, a list that begins with "ISA", not a list'),
        ({"header": ["ISA", "00"], "groups": []}, "ISA has 16 elements, not 1"),
        ({"header": [*ISA[:6], "x" * 16, *ISA[7:]], "groups": []}, "ISA06 is longer than 15 characters"),
        ({"header": [*ISA[:16], "x"], "groups": []}, "ISA16 must be what stands between components"),
        ({"header": [*ISA[:16], "*"], "groups": []}, "the separators cannot be told apart"),
        ({"header": ISA}, "the interchange has no `groups`, a list"),
        ({"header": ISA, "groups": [{}]}, 'a group is an object with `header`, a list that begins with "GS"'),
        (interchange({"elements": ["REF", "a*b"]}), "the segment REF: 'a*b' holds the separator '*'"),
        (interchange({"elements": ["REF", "a~b"]}), "holds the separator '~'"),
        (interchange("REF"), "segment 2 is not an object with `elements`"),
    ],
)
def test_what_x12_cannot_hold(value: Any, message: str) -> None:
    assert message in unwritable(X12Writing(), value)


def test_rules_between_options() -> None:
    assert X12Writing.check(X12Writing(element="~"))[0][0] == "segment"
