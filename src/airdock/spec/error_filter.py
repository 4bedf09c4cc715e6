"""Which errors a handler takes: the rule of `catch` and of `onError`."""

from typing import NamedTuple, Protocol

from airdock.errors import FlowError
from airdock.exchange import Exchange


class Condition(Protocol):
    """A compiled expression."""

    def test(self, exchange: Exchange) -> bool:
        """Whether it is true of the exchange."""


class ErrorFilter(NamedTuple):
    """Takes an error whose code one of `on` matches (every code when empty) and of which `when` is true."""

    on: tuple[str, ...] = ()
    when: Condition | None = None

    def takes(self, error: FlowError, exchange: Exchange) -> bool:
        if self.on and not any(error.matches(pattern) for pattern in self.on):
            return False
        if self.when is None:
            return True
        with exchange.handling(error):
            return self.when.test(exchange)
