from tests.unit.flows import Flows, output


async def test_messages_are_the_answer_in_order(flows: Flows) -> None:
    result = await flows.run([output("one;"), output("two ${request.query.n};"), output("three")], query="n=2")
    assert result.text == "one;two 2;three"
    assert result.headers["content-type"] == "text/plain; charset=utf-8"


async def test_an_object_or_a_list_is_written_as_json(flows: Flows) -> None:
    result = await flows.run([output({"name": "${request.query.n}", "tags": ["a", 1]}), output([1, None])], query="n=x")
    assert result.text == '{"name":"x","tags":["a",1]}[1,null]'


async def test_a_missing_value_inside_a_text_is_empty(flows: Flows) -> None:
    assert (await flows.run([output("<${properties.nothing}>")])).text == "<>"


async def test_an_escaped_hole_stays(flows: Flows) -> None:
    assert (await flows.run([output("$${name}")])).text == "${name}"


def test_a_number_is_refused(flows: Flows) -> None:
    (problem,) = flows.problems([output(5)])
    assert "message" in problem
    assert "number" in problem


def test_the_message_must_be_there(flows: Flows) -> None:
    (problem,) = flows.problems([{"type": "output"}])
    assert "message" in problem
