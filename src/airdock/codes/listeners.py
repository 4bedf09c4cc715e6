"""Codes of what arrives at listeners, and of dead letters."""

from airdock.codes.code import ErrorCode

LISTENERS: tuple[ErrorCode, ...] = (
    ErrorCode(
        "listener.cutOff",
        "The process ended while it worked on a message, at each of its attempts.",
        "Look for what ends the process, such as want of memory, then send the dead letter again.",
    ),
    ErrorCode(
        "deadLetters.full",
        "There is no room for another dead letter, so that messages that fail are not accepted.",
        "Send dead letters again or discard them, or raise `AIRDOCK_DEAD_LETTER_SIZE`.",
        503,
    ),
    ErrorCode(
        "deadLetters.content",
        "A dead letter that has not what arrived was to be sent again: that was too large, or came piece by piece.",
        "Have the source deliver it again, such as by moving the file back, or put the content into the letter"
        " (`airdock dead-letters edit`).",
    ),
    ErrorCode("deadLetters.missing", "No such dead letter is there.", "`airdock dead-letters list` lists them.", 404),
    ErrorCode(
        "deadLetters.busy",
        "The dead letter is being sent again just now, or was changed by somebody else.",
        "Look at it again.",
        409,
    ),
)
