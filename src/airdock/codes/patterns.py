"""Codes of the integration patterns, one step after another."""

from airdock.codes.code import ErrorCode

PATTERNS: tuple[ErrorCode, ...] = (
    ErrorCode(
        "flow.notAllowed",
        "A flow that a message names is none that the step may call.",
        "Name it, or a glob that takes it, in the step's `allow`.",
    ),
    ErrorCode(
        "stream.used",
        "A body that comes item by item, and can be read only once, was to be read again or copied.",
        "Give it to one `split` or `loop`, or read it without streaming where it is needed as a whole.",
    ),
    ErrorCode(
        "wireTap.full",
        "As many copies of messages are under way as a `wireTap` may have.",
        "Raise `maxPending`, or choose another `whenFull`.",
        503,
    ),
)
