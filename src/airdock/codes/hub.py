"""Codes of the built-in message hub, and of NATS, on which it stands."""

from airdock.codes.code import ErrorCode

HUB: tuple[ErrorCode, ...] = (
    ErrorCode(
        "hub.name",
        "A topic, a queue or a client cannot be called so.",
        "Use letters, digits, `_`, `.` and `-`, a letter or digit first.",
        400,
    ),
    ErrorCode(
        "hub.size",
        "A message is larger than the hub takes.",
        "Keep what is large elsewhere, with `claimCheck`, and send where it is.",
        413,
    ),
    ErrorCode(
        "hub.full",
        "A queue of the hub takes no more, as nobody works off what it has.",
        "Look at `airdock messages topics` who listens; `hub_size` is how much it keeps.",
        503,
    ),
    ErrorCode(
        "connector.nats.stream",
        "No stream of JetStream keeps the subject, or there is none of that name.",
        "Make the stream, or publish without `jetstream`.",
        502,
    ),
    ErrorCode(
        "connector.nats.nobody",
        "Nobody listens to the subject of a request.",
        "Look whether the one who answers runs.",
        502,
    ),
)
