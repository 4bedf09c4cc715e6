"""Codes of gRPC. A status of the protocol that stands for something that all connectors have is one of their codes."""

from airdock.codes.code import ErrorCode

_WORDS = "The message has the service's own words, `details.detail`, too."

GRPC: tuple[ErrorCode, ...] = (
    ErrorCode(
        "connector.grpc.method",
        "A gRPC service has no such method, or one that cannot be called.",
        "Compare `method` with the service's `.proto` file; in tests, mock the step.",
    ),
    ErrorCode(
        "connector.grpc.message",
        "A value does not fit the message, or the metadata, of a gRPC method.",
        "Compare it with the `.proto` file; the error names the field.",
    ),
    ErrorCode(
        "connector.grpc.schema",
        "The descriptions of a gRPC service cannot be used, or it gives none.",
        "Correct the connection's `proto`; without one, the service must offer server reflection.",
    ),
    ErrorCode("connector.grpc.cancelled", "A gRPC service cancelled a call (`CANCELLED`).", _WORDS, 502),
    ErrorCode("connector.grpc.unknown", "A gRPC call failed for no known reason (`UNKNOWN`).", _WORDS, 502),
    ErrorCode(
        "connector.grpc.invalidArgument", "A gRPC service refuses the message (`INVALID_ARGUMENT`).", _WORDS, 502
    ),
    ErrorCode("connector.grpc.notFound", "A gRPC service does not know what was asked for (`NOT_FOUND`).", _WORDS, 502),
    ErrorCode("connector.grpc.alreadyExists", "What was to be made is there already (`ALREADY_EXISTS`).", _WORDS, 502),
    ErrorCode(
        "connector.grpc.permissionDenied",
        "A gRPC service does not let the caller do this (`PERMISSION_DENIED`).",
        _WORDS,
        502,
    ),
    ErrorCode(
        "connector.grpc.resourceExhausted",
        "A quota is used up, or a message is larger than allowed (`RESOURCE_EXHAUSTED`).",
        "Wait, or raise the connection's `maxSize`. " + _WORDS,
        502,
    ),
    ErrorCode(
        "connector.grpc.failedPrecondition",
        "A gRPC service is not in the state that a call needs (`FAILED_PRECONDITION`).",
        _WORDS,
        502,
    ),
    ErrorCode("connector.grpc.aborted", "A gRPC call was in another one's way (`ABORTED`).", "Try it again.", 502),
    ErrorCode("connector.grpc.outOfRange", "A gRPC call went past an end (`OUT_OF_RANGE`).", _WORDS, 502),
    ErrorCode(
        "connector.grpc.unimplemented",
        "A gRPC service does not offer the method (`UNIMPLEMENTED`).",
        "Compare the connection's `proto` with the service that runs.",
        502,
    ),
    ErrorCode("connector.grpc.internal", "A gRPC service has a fault (`INTERNAL`).", _WORDS, 502),
    ErrorCode("connector.grpc.dataLoss", "A gRPC service lost data (`DATA_LOSS`).", _WORDS, 502),
)
