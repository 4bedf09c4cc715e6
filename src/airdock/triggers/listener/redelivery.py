"""When a failed message is tried again, and when there is no use in that."""

from airdock.errors import FlowError
from airdock.spec.descriptors import Listener, Redelivery

HOPELESS = (
    "request.body",
    "request.encoding",
    "request.query",
    "request.schema",
    "request.tooLarge",
    "unmarshal.*",
    "validate.failed",
    "flow.cancelled",
)
"""Errors that another attempt does not mend: the content is wrong, or an operator cancelled the run."""
OPEN_CIRCUIT = "circuitBreaker.open"

_DEFAULT = Redelivery()


def policy_of(model: Listener) -> Redelivery:
    """The listener's `redelivery`, or the usual one."""
    return model.redelivery or _DEFAULT


def is_hopeless(error: FlowError) -> bool:
    """Whether another attempt would fail, too."""
    return any(error.matches(pattern) for pattern in HOPELESS)


def wait_after(policy: Redelivery, attempt: int) -> float:
    """Seconds from the end of an attempt, counted from 1, to the next one."""
    try:
        return min(policy.delay * policy.backoff ** (attempt - 1), policy.max_delay)
    except OverflowError:
        return policy.max_delay


def circuit_wait(error: FlowError) -> float:
    """Seconds until a circuit that is open may let something through."""
    wait = error.details.get("retryAfter")
    return min(max(float(wait), 0.1), 60.0) if isinstance(wait, int | float) else 1.0
