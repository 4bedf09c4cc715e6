import gzip
from typing import Any

import pytest

from tests.unit.flows import Flows, output

LARGE_CSV = "n,text\n" + "".join(f"{n},some text to make it long\n" for n in range(5000))


def unmarshal(format: str, **fields: Any) -> dict[str, Any]:
    return {"type": "unmarshal", "format": format, **fields}


@pytest.mark.parametrize(
    "type", ["", "application/json", "text/plain", "text/plain; charset=utf-8", "application/x-www-form-urlencoded"]
)
async def test_a_request_is_read_as_it_came_whatever_its_content_type_says(flows: Flows, type: str) -> None:
    headers = {"content-type": type} if type else {}
    result = await flows.run([unmarshal("json")], "POST", content='{"ä":[1]}'.encode(), headers=headers)
    assert result.json() == {"ä": [1]}
    assert result.headers["content-type"] == "application/json"


async def test_the_content_type_of_the_request_tells_the_charset(flows: Flows) -> None:
    headers = {"content-type": "text/csv; charset=iso-8859-1"}
    result = await flows.run([unmarshal("csv")], "POST", content=b"a\n\xe4", headers=headers)
    assert result.json() == [{"a": "ä"}]


async def test_a_body_that_a_step_set(flows: Flows) -> None:
    set_body = {"type": "set", "body": "a;b\n1;2"}
    result = await flows.run([set_body, unmarshal("csv", delimiter=";")], "POST", content=b"not looked at")
    assert result.json() == [{"a": "1", "b": "2"}]


async def test_content_of_an_expression_and_a_property_for_the_value(flows: Flows) -> None:
    decode = unmarshal("base64", source="body.file", charset="utf-8", result="text")
    steps = [decode, output("${properties.text} ${body.n}"), output()]
    result = await flows.run(steps, "POST", json={"file": "R3LDvMOfZQ==", "n": 1})
    assert result.text == "Grüße 1done"


async def test_one_format_inside_another(flows: Flows) -> None:
    content = gzip.compress(b'{"n": 1}\n{"n": 2}\n')
    result = await flows.run([unmarshal("gzip"), unmarshal("ndjson")], "POST", content=content)
    assert result.json() == [{"n": 1}, {"n": 2}]


async def test_large_content_is_read_beside(flows: Flows) -> None:
    result = await flows.run([unmarshal("csv"), output("${$count(body)}")], "POST", content=LARGE_CSV.encode())
    assert result.text == "5000"
    result = await flows.run([unmarshal("csv")], "POST", content=LARGE_CSV.encode() + b"x\n")
    assert (result.status, "line 5002" in result.text) == (400, True)


async def test_a_body_that_was_parsed_already_is_read_as_it_came(flows: Flows) -> None:
    steps = [output("${body.a}"), unmarshal("json"), output("${body.a}")]
    headers = {"content-type": "application/json"}
    result = await flows.run(steps, "POST", content=b'{"a":1}', headers=headers)
    assert result.text == "11"


async def test_what_does_not_fit_is_the_callers_fault(flows: Flows) -> None:
    result = await flows.run([unmarshal("json")], "POST", content=b'{"a": 1x}')
    assert (result.status, result.json()["code"]) == (400, "unmarshal.content")
    assert result.json()["detail"].startswith("The content is not json: JSON is malformed")
    assert result.run is not None
    assert result.run.error is not None
    assert result.run.error.step == "1"


async def test_what_is_too_large_has_an_error_of_its_own(flows: Flows) -> None:
    bomb = gzip.compress(b"\0" * 10_000_000)
    result = await flows.run([unmarshal("gzip", maxSize="1MB")], "POST", content=bomb)
    assert (result.status, result.json()["code"]) == (413, "unmarshal.tooLarge")


@pytest.mark.parametrize(("body", "kind"), [({"a": 1}, "an object"), ([1], "a list"), (5, "a number"), (None, "null")])
async def test_only_texts_and_bytes_are_content(flows: Flows, body: Any, kind: str) -> None:
    result = await flows.run([{"type": "set", "body": body}, unmarshal("json")])
    assert result.json()["detail"] == f"json is read from a text or bytes, not from {kind}"


async def test_an_error_can_be_caught(flows: Flows) -> None:
    caught = {"type": "try", "steps": [unmarshal("xml")], "catch": [{"on": ["unmarshal.*"], "steps": [output("no")]}]}
    result = await flows.run([caught], "POST", content=b"<!DOCTYPE a><a/>")
    assert (result.status, result.text) == (200, "no")


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ({"type": "unmarshal"}, "`unmarshal` needs `format`"),
        ({"type": "unmarshal", "fromat": "csv", "delimiter": ";"}, "did you mean 'format'?"),
        (unmarshal("cvs", delimiter=";"), "`format` cannot be 'cvs': did you mean 'csv'?"),
        (
            unmarshal("csv", delimeter=";"),
            "has no field 'delimeter': did you mean 'delimiter'?",
        ),
        (unmarshal("json", delimiter=";"), '`unmarshal` with `"format": "json"` has no field \'delimiter\''),
        (unmarshal("csv", delimiter=";;"), "`delimiter` must be one character"),
        (unmarshal("csv", delimiter='"'), "must differ"),
        (unmarshal("csv", charset="klingon"), "`charset` names none that is known"),
    ],
)
def test_options_are_checked(flows: Flows, step: dict[str, Any], problem: str) -> None:
    (found,) = flows.problems([step])
    assert problem in found


LAYOUT = {"fields": [{"name": "id", "length": 3, "type": "integer"}, {"name": "name", "length": 4}]}


async def test_a_layout_is_a_file_of_the_project(flows: Flows) -> None:
    flows.write("p/layout.json", LAYOUT)
    step = unmarshal("fixedLength", layout="/p/layout.json")
    result = await flows.run([step], "POST", content=b"007Tea \n")
    assert result.json() == [{"id": 7, "name": "Tea"}]


def test_a_file_that_is_not_there_is_told(flows: Flows) -> None:
    flows.write("p/layout.json", LAYOUT)
    (problem,) = flows.problems([unmarshal("fixedLength", layout="/p/layuot.json")])
    assert "p/f.flow:1:" in problem
    assert "there is no file 'p/layuot.json': did you mean '/p/layout.json'?" in problem


def test_a_file_that_is_no_layout_is_told(flows: Flows) -> None:
    flows.write("p/layout.json", {"fields": [{"length": "3"}]})
    (problem,) = flows.problems([unmarshal("fixedLength", layout="/p/layout.json")])
    assert '$.fields[0].length in /p/layout.json: "3" is not of type "integer"' in problem


async def test_a_file_that_changes_is_read_again(flows: Flows) -> None:
    flows.write("p/layout.json", LAYOUT)
    flows.write("p/f.flow", {"steps": [unmarshal("fixedLength", layout="/p/layout.json")]})
    client = flows.client()
    flows.write("p/layout.json", {"fields": [{"name": "all", "length": 7}]})
    client.agent.load()
    result = await client.call("POST", "p/f.flow", content=b"007Tea \n")
    assert result.json() == [{"all": "007Tea"}]
