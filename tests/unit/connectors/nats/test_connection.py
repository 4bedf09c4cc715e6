from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.nats.connection import NatsConnection
from airdock.connectors.nats.fake import FakeNats
from airdock.connectors.nats.tls import NatsTls
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.nats import own_server
from tests.unit.connectors.nats.certificates import make_certificates
from tests.unit.connectors.nats.support import opening

PASSWORD = "hunter2-is-not-shown"
SEED = "SUAMK2FG4MI6UE3ACF3FK3OIQBCEIEZV7NSWFFEW63UXMRLFM2XLAXK4GY"
"""The seed of an nkey."""
PUBLIC = "UAT6BWCSCWLUKJT6K6MBJJOEOTXZ5AJDOYKNEVRFC7VNO6OA43N4TRNO"


def connection(url: str, **options: Any) -> NatsConnection:
    return NatsConnection(servers=[url], **options)


def test_fake_needs_no_server() -> None:
    fake: Any = connection("nats://nowhere:1").fake()
    assert isinstance(fake.client, FakeNats)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"user": "a"}, "user"),
        ({"token": Secret(secret="t"), "nkey": Secret(secret="n")}, ""),
        ({"user": "a", "password": Secret(secret="p")}, None),
    ],
)
def test_ways_to_sign_in_exclude_each_other(options: dict[str, Any], field: str | None) -> None:
    problems = NatsConnection.check(connection("nats://a:1", **options))
    assert [name for name, _ in problems] == ([] if field is None else [field])


def test_certificate_and_key_go_together() -> None:
    assert NatsTls.check(NatsTls(certificate="p/a.pem"))
    assert not NatsTls.check(NatsTls(ca="p/a.pem"))


async def test_user_and_password(tmp_path: Path) -> None:
    with own_server(tmp_path, f'authorization {{ user: "ann", password: "{PASSWORD}" }}') as server:
        made = connection(server.url, user="ann", password=Secret(secret="p"))
        client = await made.connect(opening({"p": PASSWORD}))
        await client.check()
        await client.close()
        with pytest.raises(FlowError) as caught:
            await made.connect(opening({"p": f"{PASSWORD}-wrong"}))
    assert caught.value.code == "connector.refused"
    assert PASSWORD not in str(caught.value)


async def test_token(tmp_path: Path) -> None:
    with own_server(tmp_path, f'authorization {{ token: "{PASSWORD}" }}') as server:
        client = await connection(server.url, token=Secret(secret="t")).connect(opening({"t": PASSWORD}))
        await client.check()
        await client.close()
        with pytest.raises(FlowError) as caught:
            await connection(server.url).connect(opening())
    assert caught.value.code == "connector.refused"


async def test_nkey(tmp_path: Path) -> None:
    with own_server(tmp_path, f'authorization {{ users: [{{ nkey: "{PUBLIC}" }}] }}') as server:
        client = await connection(server.url, nkey=Secret(secret="n")).connect(opening({"n": f"{SEED}\n"}))
        await client.check()
        await client.close()


async def test_encryption_with_certificates_of_both_sides(tmp_path: Path) -> None:
    made = make_certificates(tmp_path)
    configuration = (
        f'tls {{ cert_file: "{made.server}", key_file: "{made.server_key}", ca_file: "{made.ca}", verify: true }}'
    )
    files = {"p/ca.pem": made.ca.read_bytes(), "p/client.pem": made.client.read_bytes()}
    secrets = {"key": made.client_key.read_text()}
    with own_server(tmp_path, configuration) as server:
        tls = NatsTls(ca="p/ca.pem", certificate="p/client.pem", key=Secret(secret="key"))
        client = await connection(server.url, tls=tls).connect(opening(secrets, files))
        await client.check()
        await client.close()
        with pytest.raises(FlowError):
            await connection(server.url, tls=NatsTls()).connect(opening())
        with pytest.raises(FlowError) as caught:
            await connection(server.url, tls=NatsTls(ca="p/none.pem")).connect(opening())
        assert caught.value.code == "connector.refused"
        with pytest.raises(FlowError) as caught:
            await connection(server.url, tls=tls).connect(opening({"key": PASSWORD}, files))
    assert caught.value.code == "connector.refused"
    assert PASSWORD not in str(caught.value)
