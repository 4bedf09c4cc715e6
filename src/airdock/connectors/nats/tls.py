"""Encryption of connections to NATS."""

from airdock.connectors.broker.tls import BrokerTls
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean


class NatsTls(BrokerTls):
    """How the connection is encrypted, and who the caller is by a certificate."""

    first: bool = field(
        Boolean(), "Encryption begins before the server says anything (`handshake_first` there).", default=False
    )
