"""Codes of `marshal` and `unmarshal`."""

from airdock.codes.code import ErrorCode

FORMATS: tuple[ErrorCode, ...] = (
    ErrorCode("unmarshal.content", "Content does not fit its format.", "Send content that does; see the place.", 400),
    ErrorCode(
        "unmarshal.tooLarge", "Content is, or becomes, larger than allowed.", "Send less, or raise the option.", 413
    ),
    ErrorCode("marshal.value", "The format cannot hold the value.", "Change the value before it is written."),
)
