"""Codes of the integration patterns, one step after another."""

from airdock.codes.code import ErrorCode

PATTERNS: tuple[ErrorCode, ...] = (
    ErrorCode(
        "flow.notAllowed",
        "A flow that a message names is none that the step may call.",
        "Name it, or a glob that takes it, in the step's `allow`.",
    ),
    ErrorCode(
        "wireTap.full",
        "As many copies of messages are under way as a `wireTap` may have.",
        "Raise `maxPending`, or choose another `whenFull`.",
        503,
    ),
)
