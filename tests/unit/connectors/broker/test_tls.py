import pytest

from airdock.connectors.broker.tls import BrokerTls, tls_context
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.opening import opening


def test_the_systems_authorities_are_trusted_if_nothing_is_said() -> None:
    context = tls_context(None, opening())
    assert context.check_hostname
    assert context.verify_mode == 2


@pytest.mark.parametrize(
    ("files", "secret"),
    [({}, "x"), ({"p/ca.pem": b"\xff"}, "x"), ({"p/ca.pem": b"no certificate"}, "x")],
)
def test_files_that_cannot_be_used(files: dict[str, bytes], secret: str) -> None:
    with pytest.raises(FlowError) as raised:
        tls_context(BrokerTls(ca="p/ca.pem"), opening(files=files))
    assert raised.value.code == "connector.refused"


def test_a_key_that_cannot_be_used_is_not_told() -> None:
    tls = BrokerTls(certificate="p/c.pem", key=Secret(secret="key"))
    with pytest.raises(FlowError) as raised:
        tls_context(tls, opening({"key": "top secret"}, {"p/c.pem": b"none"}))
    assert "top secret" not in str(raised.value)
