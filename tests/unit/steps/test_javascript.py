import pytest

from tests.unit.flows import Flows, output

STEP = {"type": "javascript", "module": "/p/script.js"}


async def test_a_module_just_runs(flows: Flows) -> None:
    flows.write(
        "p/ScriptingServices/script.js",
        "var request = require('net/http/request'); var response = require('net/http/response');\n"
        "response.setStatus(201); response.println('Hello ' + request.getParameter('name'));\n"
        "require('core/context').set('n', 1);\n",
    )
    result = await flows.run([STEP, output("${properties.n}")], query="name=Joe")
    assert (result.status, result.text) == (201, "Hello Joe\n1")


async def test_an_exported_function_is_called(flows: Flows) -> None:
    flows.write("p/script.js", "exports.service = e => ({sum: e.body.a + e.body.b});\nexports.other = () => 5;")
    assert (await flows.run([STEP], "POST", json={"a": 1, "b": 2})).json() == {"sum": 3}
    steps = [{**STEP, "function": "other", "result": "r"}, output("${properties.r}")]
    assert (await flows.run(steps)).text == "5"


async def test_an_exception_is_an_error_with_its_line(flows: Flows) -> None:
    flows.write("p/script.js", "exports.service = () => {\n  throw new TypeError('oh');\n};")
    result = await flows.run([STEP])
    assert (result.status, result.json()["code"]) == (500, "script.error")
    assert "TypeError: oh" in result.json()["detail"]
    assert "line 2" in result.json()["detail"]


async def test_a_loop_is_stopped_at_the_timeout(flows: Flows) -> None:
    flows.write("p/script.js", "while (true) {}")
    result = await flows.run([{**STEP, "timeout": "100ms"}])
    assert result.status == 504


@pytest.mark.parametrize(("script", "word"), [("var = 1;", "script.js"), (None, "script.js")])
def test_a_module_that_cannot_be_used(flows: Flows, script: str | None, word: str) -> None:
    if script is not None:
        flows.write("p/script.js", script)
    assert word in flows.problems([STEP])[0]
