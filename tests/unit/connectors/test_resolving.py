import pytest

from airdock.connectors.resolving import resolved
from airdock.errors import FlowError
from tests.unit.connectors.opening import LOOPBACK, PUBLIC


async def test_addresses_that_are_allowed() -> None:
    assert await resolved("p/c.connection", "127.0.0.1", 80, LOOPBACK) == ["127.0.0.1"]
    assert "127.0.0.1" in await resolved("p/c.connection", "localhost", 80, LOOPBACK)
    assert await resolved("p/c.connection", "::1", 80, LOOPBACK) == ["::1"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.1.2.3", "169.254.169.254", "::ffff:127.0.0.1"])
async def test_private_ones_are_not(host: str) -> None:
    with pytest.raises(FlowError, match="private address that this installation does not allow") as caught:
        await resolved("p/c.connection", host, 80, PUBLIC)
    assert caught.value.code == "connector.network"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".invalid"])
async def test_a_host_that_is_not_known(host: str) -> None:
    with pytest.raises(FlowError, match="cannot be reached: the host") as caught:
        await resolved("p/c.connection", host, 80, LOOPBACK)
    assert caught.value.code == "connector.unavailable"
