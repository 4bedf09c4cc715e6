"""Who may come in, and what is said of those who may not."""

import ssl
from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.broker import Message
from airdock.connectors.broker.tls import BrokerTls
from airdock.connectors.http.oauth import OAuth2Auth
from airdock.connectors.kafka.connection import KafkaConnection
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.kafka import KafkaCluster
from tests.unit.connectors.broker.contract import BrokerContract, next_of
from tests.unit.connectors.http.peers import serving
from tests.unit.connectors.http.test_oauth import Login
from tests.unit.connectors.kafka.gateway import gateway
from tests.unit.connectors.kafka.test_client import to
from tests.unit.connectors.nats.certificates import make_certificates
from tests.unit.connectors.opening import LOOPBACK, PUBLIC, opening

PASSWORD = Secret(secret="kafka")


async def connected(connection: KafkaConnection, password: str = "s3cret", **fields: Any) -> Any:
    return await connection.connect(opening({"kafka": password}, **fields))


async def code_of(client: Any, topic: str) -> str:
    """The code with which nothing can be sent; the same one as that with which nothing can be listened to."""
    codes = []
    for use in (client.publish(Message(topic, b"", "i")), client.listen(to(topic), 9).__aenter__()):
        with pytest.raises(FlowError) as raised:
            await use
        codes.append(raised.value.code)
        assert "s3cret" not in str(raised.value)
    assert codes[0] == codes[1]
    return codes[0]


async def test_a_user_signs_in(cluster: KafkaCluster) -> None:
    topic = cluster.topic(BrokerContract().name(), 1)
    async with gateway(cluster, "PLAIN", lambda said: said == b"shop\0shop\0s3cret") as gate:
        connection = KafkaConnection(servers=[gate.server], user="shop", password=PASSWORD)
        client = await connected(connection)
        await client.publish(Message(topic, b"1", "i"))
        async with client.listen(to(topic), 9) as arrivals:
            assert (await next_of(arrivals)).body == b"1"
        await client.close()
        stranger = await connected(connection, "wrong")
        assert await code_of(stranger, topic) == "connector.refused"
        await stranger.close()


@pytest.mark.parametrize(
    ("mechanism", "asked"), [("scram-sha-256", "SCRAM-SHA-256"), ("scram-sha-512", "SCRAM-SHA-512")]
)
async def test_ways_to_sign_in(cluster: KafkaCluster, mechanism: str, asked: str) -> None:
    async with gateway(cluster, asked, lambda said: False) as gate:
        connection = KafkaConnection(servers=[gate.server], user="shop", mechanism=mechanism, password=PASSWORD)
        client = await connected(connection)
        assert await code_of(client, "t") == "connector.refused"
        assert set(gate.asked) == {asked}
        assert all(said.startswith(b"n,,n=shop,r=") for said in gate.said)
        await client.close()


async def test_a_way_that_the_brokers_do_not_have(cluster: KafkaCluster) -> None:
    async with gateway(cluster, "SCRAM-SHA-512") as gate:
        connection = KafkaConnection(servers=[gate.server], user="shop", password=PASSWORD)
        client = await connected(connection)
        assert await code_of(client, "t") == "connector.refused"
        await client.close()


async def test_a_token_of_an_authorization_server(cluster: KafkaCluster) -> None:
    topic = cluster.topic(BrokerContract().name(), 1)
    login = Login()
    async with (
        serving(login) as peer,
        gateway(cluster, "OAUTHBEARER", lambda said: b"auth=Bearer t1\x01" in said) as gate,
    ):
        auth = OAuth2Auth(token_url=f"{peer.url}/token", client_id="shop", client_secret=PASSWORD)
        connection = KafkaConnection(servers=[gate.server], oauth=auth)
        client = await connected(connection)
        await client.publish(Message(topic, b"1", "i"))
        async with client.listen(to(topic), 9) as arrivals:
            assert (await next_of(arrivals)).body == b"1"
        await client.close()
        assert len(login.given) == 1
        # Another token, which the brokers do not know; then one that is to come from where nobody may go.
        for network, code in ((LOOPBACK, "connector.refused"), (PUBLIC, "connector.network")):
            stranger = await connected(connection, network=network)
            assert await code_of(stranger, topic) == code
            await stranger.close()


async def test_encryption(cluster: KafkaCluster, tmp_path: Path) -> None:
    topic, made = cluster.topic(BrokerContract().name(), 1), make_certificates(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.server, made.server_key)
    async with gateway(cluster, tls=context) as gate:
        files = {"p/ca.pem": made.ca.read_bytes()}
        client = await connected(KafkaConnection(servers=[gate.server], tls=BrokerTls(ca="p/ca.pem")), files=files)
        await client.publish(Message(topic, b"1", "i"))
        async with client.listen(to(topic), 9) as arrivals:
            assert (await next_of(arrivals)).body == b"1"
        await client.close()
        stranger = await connected(KafkaConnection(servers=[gate.server], tls=BrokerTls()))
        assert await code_of(stranger, topic) == "connector.unavailable"
        await stranger.close()
