from tests.unit.flows import Flows, output


async def test_by_name_and_glob(flows: Flows) -> None:
    steps = [
        {"type": "set", "properties": {"tmpA": 1, "tmpB": 2, "kept": 3}, "headers": {"X-In": "a", "y": "b"}},
        {"type": "remove", "properties": ["tmp*", "absent"], "headers": ["X-*"]},
        output("${$keys(properties)},${$join($keys(headers))}"),
    ]
    assert (await flows.run(steps)).text == "kept,y"


async def test_the_body(flows: Flows) -> None:
    result = await flows.run([{"type": "set", "body": "x"}, {"type": "remove", "body": True}])
    assert (result.status, result.content) == (200, b"")


def test_nothing_to_remove(flows: Flows) -> None:
    assert "nothing to remove" in flows.problems([{"type": "remove"}])[0]
