"""Codes of what arrives at listeners, and of dead letters."""

from airdock.codes.code import ErrorCode

LISTENERS: tuple[ErrorCode, ...] = (
    ErrorCode(
        "listener.cutOff",
        "The process ended while it worked on a message, at each of its attempts.",
        "Look for what ends the process, such as want of memory, then send the dead letter again.",
    ),
)
