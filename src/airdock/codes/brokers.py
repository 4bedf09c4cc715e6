"""Codes of what goes to message brokers."""

from airdock.codes.code import ErrorCode

BROKERS: tuple[ErrorCode, ...] = (
    ErrorCode(
        "connector.broker.destination",
        "A message is to go to a topic or queue that is no name of one, or that the connection does not allow.",
        "Correct `topic` or `queue`; the connection's `allow` lists what flows may send to.",
    ),
    ErrorCode(
        "connector.broker.header",
        "The header of a message has a name or a value that cannot be sent.",
        "Use letters, digits and hyphens in names, and no line breaks in values.",
    ),
    ErrorCode(
        "connector.broker.content",
        "The body of a message, or of the reply to one, cannot be written or read.",
        "Make it a text, bytes or a JSON value first; correct the content type.",
    ),
    ErrorCode(
        "connector.broker.value",
        "A message has a partition, delay, expiration or priority that is none.",
        "Correct the expression in the step.",
    ),
    ErrorCode(
        "connector.broker.unroutable",
        "A broker has no queue for a message, which would have been lost.",
        "Make the queue, or bind one to the exchange, before messages are sent; a listener does both.",
        502,
    ),
    ErrorCode(
        "connector.broker.rejected",
        "A broker does not take a message: it is too large, or its queue is full.",
        "The message has the broker's own words.",
        502,
    ),
)
