from airdock.errors import FlowError
from airdock.spec.descriptors import Redelivery
from airdock.triggers.listener.redelivery import circuit_wait, is_hopeless, wait_after


def test_each_wait_is_longer_up_to_the_longest() -> None:
    policy = Redelivery(delay=1.0, backoff=3.0, max_delay=10.0)
    assert [wait_after(policy, attempt) for attempt in (1, 2, 3, 4, 10_000)] == [1.0, 3.0, 9.0, 10.0, 10.0]


def test_what_another_attempt_does_not_mend() -> None:
    assert is_hopeless(FlowError("unmarshal.content", "it is no CSV"))
    assert not is_hopeless(FlowError("connector.timeout", "it took too long"))


def test_an_open_circuit_says_how_long() -> None:
    assert circuit_wait(FlowError("circuitBreaker.open", "open", details={"retryAfter": 7})) == 7.0
    assert circuit_wait(FlowError("circuitBreaker.open", "open")) == 1.0
