"""What the templates of a message come to: texts, whole numbers, durations."""

from collections.abc import Callable

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.units import parse_duration


def one_of(*templates: Template | None) -> Callable[[Exchange], str]:
    """The text of the first template that was given."""
    return next((template.text for template in templates if template is not None), lambda exchange: "")


def whole_of(template: Template | None, name: str, most: int) -> Callable[[Exchange], int | None]:
    """A whole number from 0 on; None where there is no template, or no value.

    The callable raises FlowError `connector.broker.value`.
    """
    if template is None:
        return lambda exchange: None
    evaluate = template.evaluate

    def whole(exchange: Exchange) -> int | None:
        value = evaluate(exchange)
        if value is None:
            return None
        if isinstance(value, str) and len(value) < 20 and value.isascii() and value.isdigit():
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if type(value) is not int or not 0 <= value <= most:
            raise FlowError("connector.broker.value", f"`{name}` is {value!r:.60}: a whole number from 0 to {most}")
        return value

    return whole


def seconds_of(template: Template | None, name: str) -> Callable[[Exchange], float | None]:
    """A duration in seconds; None where there is no template, or no value.

    The callable raises FlowError `connector.broker.value`.
    """
    if template is None:
        return lambda exchange: None
    evaluate = template.evaluate

    def seconds(exchange: Exchange) -> float | None:
        value = evaluate(exchange)
        if value is None:
            return None
        try:
            return parse_duration(value if isinstance(value, str) else "")
        except ValueError:
            message = f"`{name}` is {value!r:.60}, which is no duration such as 30s"
            raise FlowError("connector.broker.value", message) from None

    return seconds
