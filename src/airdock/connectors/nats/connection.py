"""The connection `nats`."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

from airdock.connectors.broker import BrokerConnection
from airdock.connectors.broker.tls import tls_context
from airdock.connectors.errors import missing
from airdock.connectors.nats.fake import FakeNats
from airdock.connectors.nats.servers import NatsPublisher, NatsServers
from airdock.connectors.nats.tls import NatsTls
from airdock.spec.channels import Endpoint, Heard, endpoint_of
from airdock.spec.connection import Client, Opening, Secret
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Boolean, ListOf, Record, Text


class NatsConnection(BrokerConnection):
    """NATS servers: those named are one cluster, of which any may be away.

    The caller is known by a user with a password, a token, an nkey, or the credentials file of an account. A lost
    connection is made anew with the next use.

    To `publish`, topics and queues are both subjects. Without `jetstream` a message is given to those who listen when
    it is sent, and the step is done when a server has it. With `jetstream` it is done when the stream that keeps the
    subject has it, and a second message with the same `id` is kept out. A `request` is answered by whoever listens.
    """

    type = "nats"
    abilities = frozenset({"topic", "queue", "key", "headers", "request"})
    example = {
        "type": "nats",
        "servers": ["nats://nats.example.com:4222"],
        "user": "shop",
        "password": {"secret": "nats-password"},
    }

    servers: list[str] = field(
        ListOf(Text(r"(nats|tls|ws|wss)://[^\s@/?#]+", "an address such as `nats://nats.example.com:4222`"), 1),
        "Addresses of servers.",
        default=REQUIRED,
        example=["nats://nats.example.com:4222"],
    )
    user: str = field(Text(), "Name of the user.", default="", example="shop")
    password: Secret | None = field(Record(Secret), "The user's password.", example={"secret": "nats-password"})
    token: Secret | None = field(Record(Secret), "A token in place of a user.", example={"secret": "nats-token"})
    nkey: Secret | None = field(
        Record(Secret),
        "The seed of an nkey in place of a user. Needs `airdock[nats]`.",
        example={"secret": "nats-nkey"},
    )
    creds: Secret | None = field(
        Record(Secret),
        "What the credentials file of an account's user holds, in place of a user. Needs `airdock[nats]`.",
        example={"secret": "nats-creds"},
    )
    jetstream: bool = field(
        Boolean(), "What flows publish is kept by streams of JetStream, which are there already.", default=False
    )
    tls: NatsTls | None = field(Record(NatsTls), "How it is encrypted.", example={"ca": "/shop/ca.pem"})

    @classmethod
    def check(cls, element: "NatsConnection") -> list[tuple[str, str]]:
        if bool(element.user) != (element.password is not None):
            return [("user", "`user` and `password` go together")]
        ways = [element.user, element.token, element.nkey, element.creds]
        if sum(way not in (None, "") for way in ways) > 1:
            return [("", "name one of `user`, `token`, `nkey` and `creds`")]
        return []

    async def connect(self, opening: Opening) -> Client:
        client = NatsServers(opening.name, self._options(opening))
        await client.session()
        return NatsPublisher(client, self.jetstream)

    def fake(self) -> Client:
        return NatsPublisher(FakeNats(), self.jetstream)

    def endpoints(self) -> list[Endpoint]:
        return [endpoint_of(server, "nats") for server in self.servers]

    def sent_to(self, destination: str, queue: bool) -> Heard:
        return Heard(destination, "subject")

    def _options(self, opening: Opening) -> Callable[[], Mapping[str, Any]]:
        options: dict[str, Any] = {"servers": self.servers, "name": "airdock"}
        if self.password is not None:
            options |= {"user": self.user, "password": opening.secret(self.password)}
        if self.token is not None:
            options["token"] = opening.secret(self.token)
        if self.nkey is not None:
            options["nkeys_seed_str"] = opening.secret(self.nkey).strip()
        if self.creds is not None:
            options["user_credentials"] = _credentials(opening.secret(self.creds))
        if self.nkey is not None or self.creds is not None:
            _need_nkeys(opening.name)
        if self.tls is not None:
            options |= {"tls": tls_context(self.tls, opening), "tls_handshake_first": self.tls.first}
        return lambda: dict(options)


def _credentials(text: str) -> Any:
    from nats.aio.client import RawCredentials

    return RawCredentials(text)


def _need_nkeys(name: str) -> None:
    if find_spec("nkeys") is None:
        raise missing(f"{name}: an nkey", "nats")
