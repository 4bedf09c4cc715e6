from typing import Any

import pytest

from tests.unit.flows import Flows, output

BODY = output("${body}")


def template(text: str = "", **fields: Any) -> dict[str, Any]:
    return {"type": "template", **({"template": text} if text else {}), **fields}


async def test_the_text_is_the_body_and_the_answer(flows: Flows) -> None:
    result = await flows.run([template("Dear {{ body.name }}")], method="POST", json={"name": "<Ann>"})
    assert (result.text, result.headers["content-type"]) == ("Dear <Ann>", "text/plain; charset=utf-8")


async def test_a_type_that_is_escaped(flows: Flows) -> None:
    steps = [template("<b>{{ body.name }}</b>", contentType="text/html")]
    result = await flows.run(steps, method="POST", json={"name": "<Ann>"})
    assert (result.text, result.headers["content-type"][:9]) == ("<b>&lt;Ann&gt;</b>", "text/html")


@pytest.mark.parametrize(
    ("content_type", "escaped"),
    [("text/html; charset=utf-8", True), ("application/xml", True), ("image/svg+xml", True), ("TEXT/HTML", True),
     ("text/plain", False), ("text/csv", False), ("application/json", False)],
)  # fmt: skip
async def test_types(flows: Flows, content_type: str, escaped: bool) -> None:
    result = await flows.run([template("{{ '<' }}", contentType=content_type, result="t"), output("${properties.t}")])
    assert result.text == ("&lt;" if escaped else "<")


@pytest.mark.parametrize(
    ("file", "expected"),
    [("p/x.html", "&lt;"), ("p/x.xml", "&lt;"), ("p/x.html.j2", "&lt;"), ("p/x.txt.j2", "<"), ("p/x.j2", "<")],
)
async def test_files_are_escaped_by_their_ending(flows: Flows, file: str, expected: str) -> None:
    flows.write(file, "{{ '<' }}")
    assert (await flows.run([template(module=f"/{file}", result="t"), output("${properties.t}")])).text == expected


async def test_a_file_that_changes_and_what_it_includes(flows: Flows) -> None:
    flows.write("p/page.html", "{% include '/p/footer.html' %}")
    flows.write("p/footer.html", "one")
    flows.write("p/f.flow", {"steps": [template(module="/p/page.html")]})
    client = flows.client()
    assert (await client.get("p/f.flow")).text == "one"
    flows.write("p/footer.html", "another")
    client.agent.load()
    assert (await client.get("p/f.flow")).text == "another"


async def test_the_document_of_expressions(flows: Flows) -> None:
    text = "{{ request.query.q }} {{ headers['X-H'] }} {{ properties.p }} {{ run.project }} {{ request.form.f }}"
    steps = [{"type": "set", "properties": {"p": "prop"}}, template(text)]
    result = await flows.run(steps, method="POST", query="q=1", form={"f": "form"}, headers={"x-h": "head"})
    assert result.text == "1 head prop p form"


async def test_an_error_in_a_handler(flows: Flows) -> None:
    catch = {"steps": [template("{{ error.code }}")]}
    assert (
        await flows.run([{"type": "try", "steps": [{"type": "throw", "code": "a.b"}], "catch": [catch]}])
    ).text == "a.b"


async def test_expressions_are_not_its_own(flows: Flows) -> None:
    assert (await flows.run([template("${body} {{ 1 }}")])).text == "${body} 1"


async def test_what_is_missing(flows: Flows) -> None:
    assert (await flows.run([template("<{{ body.x.y }}>")], method="POST", json={})).text == "<>"
    result = await flows.run([template("{{ body.x }}", strict=True)], method="POST", json={})
    assert result.json()["code"] == "template.undefined"


async def test_more_than_it_may_write(flows: Flows) -> None:
    result = await flows.run([template("{{ body }}", maxSize="10B")], method="POST", json="x" * 11)
    assert result.json()["code"] == "template.limit"


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/other/x.html", "a template is a file of the flow's project, '/p/'"),
        ("p/x.html", "a template is a file of the flow's project"),
        ("/p/../other/x.html", "there is no file"),
        ("/p/absent.html", "there is no file"),
    ],
)
def test_includes_stay_in_the_project(flows: Flows, path: str, problem: str) -> None:
    flows.write("other/x.html", "other's")
    assert problem in flows.problems([template(f"{{% include '{path}' %}}")])[0]


def test_a_module_stays_in_the_project(flows: Flows) -> None:
    flows.write("other/x.html", "other's")
    assert "a file of the flow's project" in flows.problems([template(module="/other/x.html")])[0]


def test_a_problem_is_told_where_it_is(flows: Flows) -> None:
    flows.write("p/page.html", "one\n{{ bdoy }}")
    assert flows.problems([template(module="/p/page.html")])[0].startswith("p/page.html:2: a template has no 'bdoy'")
    assert "line 2: a template has no 'bdoy'" in flows.problems([template("one\n{{ bdoy }}")])[0]


def test_a_file_that_is_no_text(flows: Flows) -> None:
    (flows.folder / "p").mkdir()
    (flows.folder / "p/x.html").write_bytes(b"\xff")
    assert "is not UTF-8 text" in flows.problems([template(module="/p/x.html")])[0]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "one of the two"),
        ({"template": "x", "module": "/p/x.html"}, "one of the two"),
        ({"template": "x", "maxSize": "1GB"}, "64MB"),
        ({"template": "x", "contentType": "html"}, "content type"),
        ({"module": "/p/x.exe"}, "must end in"),
    ],
)
def test_what_it_needs(flows: Flows, fields: dict[str, Any], problem: str) -> None:
    assert problem in flows.problems([template(**fields)])[0]
