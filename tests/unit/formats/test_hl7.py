from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.formats.format import TooLargeError
from airdock.formats.hl7 import Hl7Reading, Hl7Writing
from tests.unit.formats.use import content_type, read, unreadable, unwritable, write

ADT = (Path(__file__).parent / "data" / "adt_a01.hl7").read_bytes()
MSH = ["MSH", "|", "^~\\&", "A", "B", "C", "D", "20260101", "", ["ADT", "A01"], "1", "P", "2.5"]
PART = st.text(alphabet="aA1ä |^~\\&\r\n#", max_size=8).filter(lambda text: text.strip("\r\n \0") == text)
COMPONENT = PART | st.lists(PART.filter(bool), min_size=2, max_size=3)
REPEAT = PART | st.lists(COMPONENT.filter(bool), min_size=2, max_size=3)
FIELD = REPEAT | st.lists(REPEAT.filter(bool), min_size=2, max_size=3).map(lambda repeats: {"repeat": repeats})


def message(*segments: Any) -> dict[str, Any]:
    return {"segments": [{"fields": MSH}, *({"fields": fields} for fields in segments)]}


def fields_of(value: dict[str, Any]) -> list[Any]:
    return [segment["fields"] for segment in value["segments"]]


@given(
    st.lists(st.lists(FIELD, max_size=4).map(lambda each: ["PID", *each, "x"]), max_size=4),
    st.sampled_from(["cr", "lf", "crlf"]),
)
def test_what_is_written_is_read_back(segments: list[Any], end: str) -> None:
    text = write(Hl7Writing(segment_end=end), message(*segments))
    assert fields_of(read(Hl7Reading(), text)) == [MSH, *segments]


def test_an_admission() -> None:
    value = read(Hl7Reading(), ADT)
    assert {name: value[name] for name in ("type", "event", "control", "version")} == {
        "type": "ADT",
        "event": "A01",
        "control": "MSG00001",
        "version": "2.8",
    }
    pid = value["segments"][2]["fields"]
    assert pid[5] == ["EVERYMAN", "ADAM", "A", "III"]
    assert pid[3]["repeat"][1] == ["123456789", "", "", "USSSA", "SS"]
    assert value["segments"][0]["fields"][9] == ["ADT", "A01", "ADT_A01"]
    assert value["segments"][5]["fields"][3] == "Smith & Sons \\ 3 \r x\\.br\\y"
    again = write(Hl7Writing(), value)
    assert read(Hl7Reading(), again)["segments"][2]["fields"] == pid[:-1]
    assert again.count("\r") == 6
    assert r"Smith \T\ Sons \E\ 3 \X0D\ x\.br\y" in again
    assert content_type(Hl7Writing(), value) == "application/hl7-v2+er7"


def test_frames_and_ends_of_lines() -> None:
    framed = b"\x0b" + ADT + b"\x1c\r"
    assert read(Hl7Reading(), framed) == read(Hl7Reading(), ADT.replace(b"\r", b"\r\n")) == read(Hl7Reading(), ADT)


def test_separators_of_ones_own() -> None:
    value = read(Hl7Reading(), "MSH$%*!@$A$B\rPID$a%b@c*d$!F!!E!!X41!!H!\\")
    assert fields_of(value) == [
        ["MSH", "$", "%*!@", "A", "B"],
        ["PID", {"repeat": [["a", ["b", "c"]], "d"]}, "$!A!H!\\"],
    ]
    assert read(Hl7Reading(), write(Hl7Writing(), value))["segments"][1] == value["segments"][1]


@pytest.mark.parametrize(
    ("named", "charset"), [("8859/1", "latin-1"), ("UNICODE UTF-8", "utf-8"), ("8859/2", "iso-8859-2"), ("", "utf-8")]
)
def test_msh_18_tells_the_character_set(named: str, charset: str) -> None:
    text = f"MSH|^~\\&|A|B|C|D|1||ADT^A01|1|P|2.5||||||{named}|x\rPID|ä"
    assert fields_of(read(Hl7Reading(), text.encode(charset)))[1] == ["PID", "ä"]
    assert fields_of(read(Hl7Reading(charset=charset), text.encode(charset)))[1] == ["PID", "ä"]


def test_batches() -> None:
    one = write(Hl7Writing(), message(["PID", "1"]))
    batch = f"FHS|^~\\&\rBHS|^~\\&\r{one}{one}BTS|2\rFTS|1\r"
    assert [fields_of(each) for each in read(Hl7Reading(batch=True), batch)] == [[MSH, ["PID", "1"]]] * 2
    assert "it is 2 messages: set `batch`" in unreadable(Hl7Reading(), batch)
    assert write(Hl7Writing(), [message(), message()]).count("MSH") == 2
    assert read(Hl7Reading(batch=True), "") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it has no message"),
        ("PID|1", "segment 1: 'PID|1' where MSH should come"),
        ("MSH", "segment 1: MSH does not tell its separators"),
        ("MSH|^", "MSH does not tell its separators"),
        ("MSH|^^~&|", "MSH does not tell its separators"),
        ("MSHabcde", "MSH does not tell its separators"),
        ("MSH|^~\\&|A\rpid|1", "segment 2: 'pid' is no tag of a segment"),
        (b"MSH|^~\\&|A\rPID|\xff", "is not utf-8 text"),
    ],
)
def test_an_error_names_the_segment(text: str | bytes, message: str) -> None:
    assert message in unreadable(Hl7Reading(), text)


def test_a_flood_of_segments_is_refused() -> None:
    text = "MSH|^~\\&|A\r" + "PID|1\r" * 100
    assert "more than `maxSegments`, 100" in unreadable(Hl7Reading(max_segments=100), text, error=TooLargeError)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, "a message is an object with `segments`, a list, not a number"),
        ({"segments": []}, "a message is an object with `segments`"),
        ({"segments": [{"fields": ["PID"]}]}, "the first segment is MSH, not 'PID'"),
        ({"segments": [{"elements": ["MSH"]}]}, "segment 1 is not an object with `fields`"),
        ({"segments": [{"fields": ["MSH", "||", "^~"]}]}, "the fields 1 and 2 of MSH are the separators"),
        (message(["PID", {"a": 1}]), "the segment PID: an element that is an object has no `repeat`"),
        (message(["PID", False]), "a part is false"),
    ],
)
def test_what_hl7_cannot_hold(value: Any, message: str) -> None:
    assert message in unwritable(Hl7Writing(), value)


def test_separators_may_be_left_out() -> None:
    assert write(Hl7Writing(), {"segments": [{"fields": ["MSH", None, None, "A"]}]}) == "MSH|^~\\&|A\r"
    without_escape = {"segments": [{"fields": ["MSH", "|", "^~"]}, {"fields": ["PID", "a|b"]}]}
    assert "names no escape character" in unwritable(Hl7Writing(), without_escape)
