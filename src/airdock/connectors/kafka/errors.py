"""What goes wrong with Kafka, in the words of all connectors."""

from collections.abc import Iterator
from contextlib import contextmanager

from aiokafka import errors  # type: ignore[import-untyped]

from airdock.connectors.errors import refused, unavailable
from airdock.deadline import DeadlineError
from airdock.errors import FlowError, described

_REFUSED = (
    errors.AuthenticationFailedError,
    errors.AuthenticationMethodNotSupported,
    errors.SaslAuthenticationFailed,
    errors.UnsupportedSaslMechanismError,
    errors.IllegalSaslStateError,
    errors.TopicAuthorizationFailedError,
    errors.GroupAuthorizationFailedError,
    errors.ClusterAuthorizationFailedError,
)
_REJECTED = (
    errors.MessageSizeTooLargeError,
    errors.RecordListTooLargeError,
    errors.NotEnoughReplicasError,
    errors.NotEnoughReplicasAfterAppendError,
    errors.PolicyViolationError,
    errors.InvalidTimestampError,
    errors.CorruptRecordException,
)
_LATE = (TimeoutError, DeadlineError, errors.KafkaTimeoutError, errors.RequestTimedOutError)


@contextmanager
def told(name: str, topic: str = "") -> Iterator[None]:
    """Raises what the client of Kafka raises as FlowError. `topic`: what it is about."""
    try:
        yield
    except (errors.KafkaError, DeadlineError, OSError) as error:
        raise failure(name, error, topic) from error


def failure(name: str, error: BaseException, topic: str = "") -> FlowError:
    """The error of an author for one of the client."""
    if isinstance(error, FlowError):
        return error
    if isinstance(error.__cause__, FlowError):
        return error.__cause__
    # The library's own errors begin with their names.
    reason = " ".join((str(error) if isinstance(error, errors.KafkaError) else described(error)).split())[:500]
    if isinstance(error, _REFUSED):
        return refused(name, reason)
    if isinstance(error, errors.UnknownTopicOrPartitionError):
        return no_topic(name, topic)
    if isinstance(error, errors.InvalidTopicError):
        return FlowError("connector.broker.destination", f"{name} does not take {topic!r:.80} as the name of a topic")
    if isinstance(error, _REJECTED):
        return FlowError("connector.broker.rejected", f"{name} does not take a message for {topic!r}: {reason}")
    if isinstance(error, _LATE):
        return FlowError("connector.timeout", f"{name} did not answer in time")
    if isinstance(error, errors.KafkaError) and not error.retriable:
        return FlowError("connector.failed", f"{name}: {reason}")
    return unavailable(name, reason)


def no_topic(name: str, topic: str) -> FlowError:
    return FlowError("connector.broker.unroutable", f"{name} has no topic {topic!r}")
