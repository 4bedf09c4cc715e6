from tests.unit.flows import Flows, output


async def test_the_body_is_the_answer(flows: Flows) -> None:
    result = await flows.run([{"type": "set", "body": {"n": "${1 + 1}", "s": "n=${1 + 1}"}}])
    assert result.json() == {"n": 2, "s": "n=2"}


async def test_properties_before_headers_before_body(flows: Flows) -> None:
    step = {
        "type": "set",
        "properties": {"a": 1, "b": "${properties.a + 1}"},
        "headers": {"X-B": "${properties.b}"},
        "body": "${headers.`x-b`}",
    }
    assert (await flows.run([step])).json() == 2


async def test_null_and_bytes_of_the_request(flows: Flows) -> None:
    assert (await flows.run([{"type": "set", "body": None}])).content == b""
    result = await flows.run([{"type": "set", "body": "${body}"}], "POST", content=b"\x00\xff")
    assert (result.content, result.headers["content-type"]) == (b"\x00\xff", "application/octet-stream")


async def test_a_large_integer_is_passed_on(flows: Flows) -> None:
    result = await flows.run([{"type": "set", "body": {"id": "${body.id}"}}], "POST", json={"id": 2**63 - 1})
    assert result.json() == {"id": 2**63 - 1}


async def test_setting_a_header_leaves_the_request_alone(flows: Flows) -> None:
    steps = [{"type": "set", "headers": {"x-a": "new"}}, output("${headers.`x-a`},${request.headers.`x-a`}")]
    assert (await flows.run(steps, headers={"X-A": "old"})).text == "new,old"


async def test_runs_do_not_share_what_a_descriptor_holds(flows: Flows) -> None:
    flows.write("p/f.flow", {"properties": {"list": []}, "steps": [{"type": "python", "module": "/p/add.py"}]})
    flows.write(
        "p/add.py",
        "def service(exchange):\n    exchange.properties['list'].append(1)\n    return exchange.properties['list']\n",
    )
    client = flows.client()
    assert (await client.get("p/f.flow")).json() == [1]
    assert (await client.get("p/f.flow")).json() == [1]


def test_nothing_to_set(flows: Flows) -> None:
    assert "nothing to set" in flows.problems([{"type": "set"}])[0]
