"""Beginning with Kafka: what clients are made with, and why one cannot begin."""

import ssl
from collections.abc import Awaitable, Mapping
from typing import Any

from aiokafka.conn import collect_hosts, create_conn  # type: ignore[import-untyped]
from aiokafka.errors import KafkaConnectionError, KafkaError  # type: ignore[import-untyped]

from airdock.connectors.broker.tls import tls_context
from airdock.connectors.errors import unavailable
from airdock.connectors.kafka.bearer import Bearer
from airdock.connectors.kafka.connection import MECHANISMS, KafkaConnection
from airdock.connectors.kafka.errors import failure
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.spec.connection import Opening


def options_of(declared: KafkaConnection, opening: Opening, bearer: Bearer | None) -> dict[str, Any]:
    """What every client of a connection is made with.

    Raises:
        FlowError: `connector.secret`, `connector.refused`, as `tls_context`.
    """
    context: ssl.SSLContext | None = None if declared.tls is None else tls_context(declared.tls, opening)
    options: dict[str, Any] = {
        "bootstrap_servers": list(declared.servers),
        "client_id": declared.client_id,
        "ssl_context": context,
        "security_protocol": "PLAINTEXT" if context is None else "SSL",
        "request_timeout_ms": max(round(declared.timeout * 1000), 1),
    }
    if declared.password is not None or bearer is not None:
        options["security_protocol"] = "SASL_PLAINTEXT" if context is None else "SASL_SSL"
    if bearer is not None:
        options |= {"sasl_mechanism": "OAUTHBEARER", "sasl_oauth_token_provider": bearer}
    if declared.password is not None:
        options |= {
            "sasl_mechanism": MECHANISMS[declared.mechanism],
            "sasl_plain_username": declared.user,
            "sasl_plain_password": opening.secret(declared.password),
        }
    return options


async def begun(name: str, options: Mapping[str, Any], beginning: Awaitable[None]) -> None:
    """Waits until a client has found its cluster.

    Raises:
        FlowError: `connector.unavailable`, `connector.refused`.
    """
    seconds = options["request_timeout_ms"] / 1000
    try:
        await within(seconds, beginning)
    except DeadlineError:
        raise unavailable(name, f"no answer within {seconds:g} s") from None
    except KafkaConnectionError as error:
        raise await _why(name, options, seconds) or failure(name, error) from error
    except (KafkaError, OSError) as error:
        raise failure(name, error) from error


async def _why(name: str, options: Mapping[str, Any], seconds: float) -> FlowError | None:
    """What a connection says, for the client only says that there is none: a refusal, else the first of all reasons."""
    given = {key: value for key, value in options.items() if key != "bootstrap_servers"}
    found: list[FlowError] = []
    for host, port, _ in collect_hosts(options["bootstrap_servers"]):
        try:
            connection = await within(seconds, create_conn(host, port, **given))
            connection.close()
        except (KafkaError, DeadlineError, OSError) as error:
            found.append(failure(name, error))
    return next((error for error in found if error.code == "connector.refused"), found[0] if found else None)
