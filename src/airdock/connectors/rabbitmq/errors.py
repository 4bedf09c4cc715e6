"""What goes wrong with RabbitMQ, in the words of all connectors."""

from collections.abc import Iterator
from contextlib import contextmanager

from aio_pika.exceptions import (
    AMQPError,
    AuthenticationError,
    ChannelClosed,
    ChannelNotFoundEntity,
    DeliveryError,
    ProbableAuthenticationError,
    PublishError,
)
from aiormq.exceptions import ChannelAccessRefused, ConnectionNotAllowed
from pamqp.exceptions import PAMQPException

from airdock.connectors.errors import refused, unavailable
from airdock.errors import FlowError, described

_REFUSED = (AuthenticationError, ProbableAuthenticationError, ChannelAccessRefused, ConnectionNotAllowed)


@contextmanager
def told(name: str, what: str = "") -> Iterator[None]:
    """Raises what the client of RabbitMQ raises as FlowError. `what`: the queue or topic that it is about."""
    try:
        yield
    except (AMQPError, PAMQPException, OSError, RuntimeError, ValueError) as error:
        raise failure(name, error, what) from error


def failure(name: str, error: BaseException | None, what: str = "") -> FlowError:
    """The error of an author for one of the client."""
    if isinstance(error, FlowError):
        return error
    reason = described(error) if error is not None else "the broker has closed the connection"
    if isinstance(error, _REFUSED):
        return refused(name, reason)
    if isinstance(error, PublishError):
        return FlowError("connector.broker.unroutable", f"{name} has no queue for what is sent to {what!r}")
    if isinstance(error, DeliveryError):
        return FlowError("connector.broker.rejected", f"{name} does not take a message for {what!r}")
    if isinstance(error, ChannelNotFoundEntity):
        return FlowError("connector.broker.unroutable", f"{name}: {reason}")
    if isinstance(error, ChannelClosed):
        return FlowError("connector.broker.rejected", f"{name}: {reason}")
    if isinstance(error, TimeoutError):
        return FlowError("connector.timeout", f"{name} did not answer in time")
    return unavailable(name, reason)
