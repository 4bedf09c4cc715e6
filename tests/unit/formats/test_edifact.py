from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.formats.edifact import EdifactReading
from airdock.formats.edifact_writing import EdifactWriting
from airdock.formats.format import TooLargeError
from tests.unit.formats.use import content_type, read, unreadable, unwritable, write

ORDERS = (Path(__file__).parent / "data" / "orders.edi").read_bytes()
UNB = ["UNB", ["UNOC", "3"], "S", "R", ["200102", "2212"], "42"]
PART = st.text(alphabet="aA1ä :+?'*\n", min_size=1, max_size=8)
ELEMENT = PART | st.just("") | st.lists(PART, min_size=2, max_size=3)
REPEATED = ELEMENT | st.lists(PART | st.lists(PART, min_size=2, max_size=2), min_size=2, max_size=3).map(
    lambda repeats: {"repeat": repeats}
)


def interchange(*segments: Any, syntax: str = "3", **more: Any) -> dict[str, Any]:
    header = ["UNB", ["UNOC", syntax], *UNB[2:]]
    message = {"header": ["UNH", "1", ["ORDERS", "D", "96A", "UN"]], "segments": list(segments), **more}
    return {"header": header, "messages": [message]}


def as_written(value: dict[str, Any]) -> list[Any]:
    return [segment["elements"] for message in value["messages"] for segment in message["segments"]]


@pytest.mark.parametrize("syntax", ["3", "4"])
@given(st.data())
def test_what_is_written_is_read_back(syntax: str, data: st.DataObject) -> None:
    elements = st.lists(REPEATED if syntax == "4" else ELEMENT, max_size=4).map(lambda each: ["LIN", *each, "x"])
    segments = data.draw(st.lists(elements, max_size=4))
    una, breaks = data.draw(st.booleans()), data.draw(st.booleans())
    value = interchange(*({"elements": each} for each in segments), syntax=syntax)
    written = write(EdifactWriting(una=una, line_breaks=breaks), value)
    found = read(EdifactReading(), written)
    assert as_written(found) == segments
    assert found["header"] == value["header"]


def test_an_order() -> None:
    value = read(EdifactReading(), ORDERS)
    assert {name: value[name] for name in ("syntax", "sender", "recipient", "reference")} == {
        "syntax": "UNOC",
        "sender": "5412345678908",
        "recipient": "8798765432106",
        "reference": "12345555",
    }
    (message,) = value["messages"]
    assert (message["type"], message["version"], message["reference"]) == ("ORDERS", "D.03B", "SSDD1")
    assert [segment["tag"] for segment in message["segments"]][:4] == ["BGM", "DTM", "NAD", "NAD"]
    assert message["segments"][2]["elements"] == ["NAD", "BY", ["5412345000176", "", "9"]]
    assert message["segments"][9]["elements"] == ["FTX", "AFM", "1", "", "XSLT 2.0 Programmer's Reference + more?"]
    assert write(EdifactWriting(line_breaks=True), value).encode() == ORDERS.strip()


def test_separators_of_ones_own() -> None:
    text = r"UNA|*,\ ~UNB*UNOA|1*S*R*1|2*9~UNH*1*X|D|1|UN~ABC*a\*b|c\\~UNT*3*1~UNZ*1*9~"
    assert as_written(read(EdifactReading(), text)) == [["ABC", ["a*b", "c\\"]]]
    without_release = "UNA:+.  'UNB+UNOA:1+S+R+1:2+9'UNH+1+X:D:1:UN'ABC+a?'UNT+3+1'UNZ+1+9'"
    assert as_written(read(EdifactReading(), without_release)) == [["ABC", "a?"]]


def test_character_sets() -> None:
    segment = {"elements": ["FTX", "Grüße"]}
    written = write(EdifactWriting(), interchange(segment))
    assert b"Gr\xfc\xdfe" in written
    assert as_written(read(EdifactReading(), written)) == [["FTX", "Grüße"]]
    assert as_written(read(EdifactReading(), written.replace(b"UNOC", b"UNOD"))) == [["FTX", "Grüße"]]
    utf8 = written.decode("latin-1").replace("UNOC", "UNOY").encode()
    assert as_written(read(EdifactReading(), utf8)) == [["FTX", "Grüße"]]
    assert as_written(read(EdifactReading(charset="cp850"), written.decode("latin-1").encode("cp850")))
    assert content_type(EdifactWriting(), interchange(segment)) == "application/EDIFACT; charset=iso-8859-1"
    assert "has no 'ł'" in unwritable(EdifactWriting(), interchange({"elements": ["FTX", "ł"]}))


def test_groups() -> None:
    group = ["UNG", "ORDERS", "S", "R", ["1", "2"], "7", "UN"]
    value = interchange({"elements": ["ABC", 5, None, "x"]}, group=group)
    value["messages"] = value["messages"] * 2
    text = write(EdifactWriting(una=False), value)
    assert text.endswith("UNT+3+1'UNE+2+7'UNZ+1+42'")
    assert [message["group"] for message in read(EdifactReading(), text)["messages"]] == [group, group]
    assert as_written(read(EdifactReading(), text))[0] == ["ABC", "5", "", "x"]


GOOD = "UNB+UNOC:3+S+R+1:2+42'UNH+1+ORDERS:D:96A:UN'LIN+1'UNT+3+1'UNZ+1+42'"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it ends behind segment 0 where UNB should come"),
        ("UNA:+", "UNA is cut off"),
        ("UNA::.? 'x", "cannot be told apart"),
        ("xx", 'segment 1 has no end: "\'" is missing'),
        ("xx'", "segment 1: 'xx' is no tag of a segment"),
        (GOOD[:-1], "segment 5 has no end"),
        (GOOD.replace("LIN+1'", "LIN+1"), "segment 4: UNZ where UNT should come"),
        (
            GOOD.replace("UNT+3", "UNT+4"),
            "segment 4: UNT says that the number of segments in the message is '4'",
        ),
        (GOOD.replace("UNT+3+1", "UNT+3+2"), "the message's reference is '2', but it is '1'"),
        (
            GOOD.replace("UNZ+1", "UNZ+2"),
            "UNZ says that the number of messages or groups is '2', but it is 1",
        ),
        (GOOD.replace("+42'UNH", "+43'UNH"), "the interchange's reference is '42', but it is '43'"),
        (GOOD + GOOD, "segment 6: UNB stands behind UNZ"),
        (GOOD.replace("UNH", "LIN"), "segment 2: LIN where UNH or UNG or UNZ should come"),
        (GOOD.replace("LIN+1", "LIN+1?"), "segment 4: UNZ where UNT should come"),
        (GOOD.replace("LIN", "L'N"), "is no tag of a segment"),
        (GOOD[: GOOD.index("UNT")], "it ends behind segment 3 where UNT should come"),
        (GOOD.replace("UNT+3", "UNT+³"), "number of segments"),
    ],
)
def test_an_error_names_the_segment(text: str, message: str) -> None:
    assert message in unreadable(EdifactReading(), text)


def test_counts_may_be_wrong_where_nobody_checks() -> None:
    assert read(EdifactReading(check_counts=False), GOOD.replace("UNT+3+1", "UNT+9+9").replace("UNZ+1+42", "UNZ"))


def test_a_flood_of_segments_is_refused() -> None:
    text = GOOD.replace("LIN+1'", "LIN'" * 101)
    assert "more than `maxSegments`, 100" in unreadable(EdifactReading(max_segments=100), text, error=TooLargeError)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, 'the interchange is an object with `header`, a list that begins with "UNB", not a number'),
        ({"header": ["UNZ"]}, 'begins with "UNB"'),
        ({"header": UNB}, "the interchange has no `messages`, a list"),
        ({"header": UNB, "messages": [5]}, 'a message is an object with `header`, a list that begins with "UNH"'),
        ({"header": UNB, "messages": [{"header": ["UNH"]}]}, "a message has no `segments`"),
        (interchange(5), "segment 2 is not an object with `elements`"),
        (interchange({"elements": ["LIN", True]}), "the segment LIN: a part is true, not a text or a number"),
        (interchange({"elements": ["LIN", 10**5000]}), "a number has too many digits"),
        (interchange({"elements": ["LIN", [["a", ["b"]]]]}), "a part is a list"),
        (interchange({"elements": ["LIN", {"repeat": ["a"]}]}), "nothing stands between repetitions"),
        (interchange({"elements": ["LIN", {}]}, syntax="4"), "an element that is an object has no `repeat`"),
    ],
)
def test_what_edifact_cannot_hold(value: Any, message: str) -> None:
    assert message in unwritable(EdifactWriting(), value)
