"""One flow after another, until one goes well."""

import asyncio

from airdock.branch import become, branch_of, join
from airdock.errors import FlowError, as_flow_error
from airdock.exchange import Exchange
from airdock.spec.error_filter import ErrorFilter
from airdock.spec.step import Compiled


class Failover:
    """The attempts of a balancer, and with which flow they begin."""

    def __init__(
        self, path: str, flows: list[Compiled], errors: ErrorFilter, most: int, round_robin: bool, sticky: bool
    ) -> None:
        """`path`: of the step. `errors`: on which the next one is tried. `most`: so many further ones."""
        self._path = path
        self._flows = flows
        self._errors = errors
        self._most = most
        self._round_robin = round_robin
        self._sticky = sticky
        self._turn = 0
        self._good = 0

    async def run(self, exchange: Exchange) -> None:
        """Gives copies of the message to flows until one takes it well.

        Raises:
            FlowError: that of the last one; its details tell how many have been tried.
        """
        place, attempts = self._first(), 0
        while True:
            attempts += 1
            error = await self._attempt(exchange, place)
            if error is None:
                self._good = place
                return
            last = place + 1 == len(self._flows) and not (self._round_robin or self._sticky)
            if last or attempts > self._most or not self._errors.takes(error, exchange):
                error.details = {**error.details, "attempts": attempts}
                raise error
            place = (place + 1) % len(self._flows)
            self._turn += 1

    def _first(self) -> int:
        if self._sticky:
            return self._good
        if not self._round_robin:
            return 0
        place = self._turn % len(self._flows)
        self._turn += 1
        return place

    async def _attempt(self, exchange: Exchange, place: int) -> FlowError | None:
        copied = branch_of(exchange)
        try:
            pending = self._flows[place](copied)
            if pending is not None:
                await pending
        except Exception as error:  # noqa: BLE001 -- whatever a flow raises is a reason to try another
            copied.response.discard()
            return as_flow_error(error)
        except asyncio.CancelledError:
            raise
        except BaseException:
            # The flow ends here, with what was made of the message.
            become(exchange, copied)
            raise
        finally:
            join(exchange, copied, self._path)
        become(exchange, copied)
        return None
