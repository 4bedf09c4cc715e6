"""Numbers of orders."""

from itertools import count

NUMBERS = count(1)


def service(exchange):
    return f"O-{next(NUMBERS)}"
