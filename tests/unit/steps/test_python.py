import pytest

from tests.unit.flows import Flows, output

STEP = {"type": "python", "module": "/p/script.py"}


@pytest.mark.parametrize("word", ["def", "async def"])
async def test_sees_the_exchange_and_writes_the_answer(flows: Flows, word: str) -> None:
    flows.write(
        "p/ScriptingServices/script.py",
        f"{word} service(exchange):\n"
        "    exchange.response.status = 201\n"
        "    exchange.response.headers['X-A'] = exchange.request.query['a']\n"
        "    exchange.response.write(exchange.run.flow)\n"
        "    exchange.properties['p'] = exchange.body['n']\n",
    )
    result = await flows.run([STEP, output(" ${properties.p}")], "POST", "a=1", json={"n": 5})
    assert (result.status, result.headers["x-a"], result.text) == (201, "1", "p/f.flow 5")


async def test_what_it_returns_becomes_the_body_or_a_property(flows: Flows) -> None:
    flows.write("p/script.py", "def one(exchange):\n    return {'a': 1}\n\ndef service(exchange):\n    return [1]\n")
    assert (await flows.run([STEP])).json() == [1]
    steps = [{**STEP, "function": "one", "result": "r"}, output("${properties.r.a}")]
    assert (await flows.run(steps)).text == "1"


async def test_an_exception_is_an_error_with_its_line(flows: Flows) -> None:
    flows.write("p/script.py", "def service(exchange):\n    return 1 / 0\n")
    result = await flows.run([STEP])
    assert (result.status, result.json()["code"]) == (500, "script.error")
    assert "ZeroDivisionError" in result.json()["detail"]
    assert "line 2" in result.json()["detail"]


@pytest.mark.parametrize(
    ("script", "word"),
    [
        ("def servce(exchange): pass\n", "servce"),
        ("def service(:\n", "script.py"),
        ("import absent_module\n", "absent_module"),
    ],
)
def test_a_module_that_cannot_be_used(flows: Flows, script: str, word: str) -> None:
    flows.write("p/script.py", script)
    (problem,) = flows.problems([STEP])
    assert word in problem


def test_a_module_that_is_not_there(flows: Flows) -> None:
    assert "script.py" in flows.problems([STEP])[0]
    assert flows.problems([{"type": "python", "module": "/p/../x.py"}])
