import asyncio
import logging

import pytest

from tests.unit.flows import Flows, output

FAILING = {"type": "throw", "when": "request.query.f", "code": "${request.query.f}"}


def breaker(*steps: object, **fields: object) -> dict[str, object]:
    return {"type": "circuitBreaker", "slidingWindowSize": 1, **fields, "steps": [*steps] or [FAILING, output()]}


async def test_an_open_breaker_tells_when_to_come_again(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [breaker(waitDurationInOpenState="1m")]})
    client = flows.client()
    await client.get("p/f.flow?f=a.b")
    refused = await client.get("p/f.flow")
    assert (refused.status, refused.headers["retry-after"]) == (503, "60")
    assert refused.json()["detail"] == "the circuit breaker is open: of 1 calls 1 failed and 0 were slow"


async def test_its_state_is_watched(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [breaker(name="bank"), breaker()]})
    client = flows.client()

    def states() -> dict[str, str]:
        return {name: state() for name, state in client.agent.flows["p/f.flow"].states.items()}

    assert states() == {"bank": "closed", "2": "closed"}
    await client.get("p/f.flow?f=a.b")
    assert states() == {"bank": "open", "2": "closed"}


async def test_changes_are_logged(flows: Flows, caplog: pytest.LogCaptureFixture) -> None:
    flows.write("p/f.flow", {"steps": [breaker(name="bank", waitDurationInOpenState="0s")]})
    client = flows.client()
    with caplog.at_level(logging.INFO, "airdock.steps"):
        await client.get("p/f.flow?f=a.b")
        for _ in range(10):
            await client.get("p/f.flow")
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "the circuit breaker p/f.flow#bank is open",
        "the circuit breaker p/f.flow#bank is half-open",
        "the circuit breaker p/f.flow#bank is closed",
    ]


async def test_the_flows_own_handler_takes_what_is_raised(flows: Flows) -> None:
    handler = {"on": ["a.b", "circuitBreaker.open"], "steps": [output("${error.code}")]}
    flows.write("p/f.flow", {"steps": [breaker()], "onError": [handler]})
    client = flows.client()
    assert [(await client.get("p/f.flow?f=a.b")).text for _ in range(2)] == ["a.b", "circuitBreaker.open"]


async def test_stop_inside_counts_as_a_success(flows: Flows) -> None:
    stop = {"type": "stop", "when": "request.query.s"}
    flows.write("p/f.flow", {"steps": [breaker(stop, FAILING, output(), slidingWindowSize=2)]})
    client = flows.client()
    codes = [(await client.get(f"p/f.flow?{query}")).status for query in ("s=1", "f=a.b", "")]
    assert codes == [200, 500, 503]


async def test_a_caller_that_goes_gives_back_its_place(flows: Flows) -> None:
    hang = {"type": "delay", "when": "request.query.t", "duration": "1h"}
    flows.write("p/f.flow", {"steps": [breaker(hang, FAILING, output(), waitDurationInOpenState="0s",
                                               permittedNumberOfCallsInHalfOpenState=1)]})  # fmt: skip
    client = flows.client()
    await client.get("p/f.flow?f=a.b")
    hanging = asyncio.create_task(client.get("p/f.flow?t=1"))
    await asyncio.sleep(0)
    assert (await client.get("p/f.flow")).json()["code"] == "circuitBreaker.open"
    hanging.cancel()
    await asyncio.wait([hanging])
    assert (await client.get("p/f.flow")).text == "done"


async def test_a_retry_around_it_tries_each_time_through_it(flows: Flows) -> None:
    retry = {"attempts": 5, "delay": "0s"}
    result = await flows.run([breaker(slidingWindowSize=2, retry=retry)], query="f=a.b")
    assert result.json()["code"] == "circuitBreaker.open"


def test_what_does_not_fit_is_told(flows: Flows) -> None:
    assert "within no time" in flows.problems([breaker(timeoutDuration="0s")])[0]
    assert "failureRateThreshold" in flows.problems([breaker(failureRateThreshold=0)])[0]
    assert "steps" in flows.problems([{"type": "circuitBreaker", "steps": []}])[0]
