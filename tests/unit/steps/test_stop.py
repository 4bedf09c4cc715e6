from tests.unit.flows import Flows, output


async def test_ends_the_run_well(flows: Flows) -> None:
    result = await flows.run([output("a"), {"type": "stop"}, output("b")])
    assert (result.status, result.text) == (200, "a")
    assert result.run is not None
    assert result.run.error is None


async def test_from_inside_and_after_waiting(flows: Flows) -> None:
    inner = {"steps": [{"type": "delay", "duration": "1ms"}, {"type": "stop"}]}
    flows.write("p/inner.flow", inner)
    steps = [
        {
            "type": "try",
            "steps": [{"type": "flow", "module": "/p/inner.flow"}],
            "catch": [{"steps": [output("caught")]}],
            "finally": [output("finally")],
        },
        output("behind"),
    ]
    assert (await flows.run(steps)).text == "finally"
