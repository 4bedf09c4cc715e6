"""The status of a call that failed, as an error of the flow."""

from typing import Any

from airdock.errors import FlowError

CODES = {
    "CANCELLED": "connector.grpc.cancelled",
    "UNKNOWN": "connector.grpc.unknown",
    "INVALID_ARGUMENT": "connector.grpc.invalidArgument",
    "DEADLINE_EXCEEDED": "connector.timeout",
    "NOT_FOUND": "connector.grpc.notFound",
    "ALREADY_EXISTS": "connector.grpc.alreadyExists",
    "PERMISSION_DENIED": "connector.grpc.permissionDenied",
    "RESOURCE_EXHAUSTED": "connector.grpc.resourceExhausted",
    "FAILED_PRECONDITION": "connector.grpc.failedPrecondition",
    "ABORTED": "connector.grpc.aborted",
    "OUT_OF_RANGE": "connector.grpc.outOfRange",
    "UNIMPLEMENTED": "connector.grpc.unimplemented",
    "INTERNAL": "connector.grpc.internal",
    "UNAVAILABLE": "connector.unavailable",
    "DATA_LOSS": "connector.grpc.dataLoss",
    "UNAUTHENTICATED": "connector.refused",
}
_LONGEST = 1000


def status_error(name: str, method: str, status: str, detail: str | None) -> FlowError:
    """The error for a status.

    Args:
        name: Of the connection. status: As the protocol spells it, `NOT_FOUND`. detail: The service's own words.
    """
    code = CODES.get(status, "connector.grpc.unknown")
    detail = (detail or "")[:_LONGEST]
    said = f": {detail}" if detail else ""
    message = f"{method} of {name} ended with {status}{said}"
    return FlowError(code, message, details={"grpcStatus": status, "detail": detail})


def rpc_error(name: str, method: str, error: Any) -> FlowError:
    """The same for what the library raised (`grpc.aio.AioRpcError`)."""
    return status_error(name, method, error.code().name, error.details())
