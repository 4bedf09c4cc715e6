"""What is wrong with an expression."""


class CronError(ValueError):
    """A text is no cron expression.

    Attributes:
        offset: Where in the text. hint: The next move; may be empty.
    """

    def __init__(self, message: str, offset: int, hint: str = "") -> None:
        super().__init__(message)
        self.offset = offset
        self.hint = hint
