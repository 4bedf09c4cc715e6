"""A GraphQL service as steps call it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import msgspec

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.graphql.results import Executed, errors_of, executed_of, request_of
from airdock.connectors.graphql.subscribing import Way, over_events, over_socket
from airdock.connectors.http.bodies import decode_body, encode_body
from airdock.connectors.http.calls import Answer, Call
from airdock.connectors.http.client import HttpClient
from airdock.errors import FlowError
from airdock.spec.clock import Clock

_HEADERS = {
    "Accept": "application/graphql-response+json, application/json;q=0.9",
    "Content-Type": "application/json",
}


class GraphqlClient:
    """Sends documents; shared by all that use the connection."""

    def __init__(self, name: str, http: HttpClient, way: Way, clock: Clock) -> None:
        """`way`: how subscriptions are carried."""
        self.name = name
        self._http = http
        self._way = way
        self._clock = clock

    async def execute(self, document: str, variables: Mapping[str, Any], operation: str = "") -> Executed:
        """What a document gives; errors beside data are told, not raised.

        Args:
            operation: Which operation of the document; the only one if left out.

        Raises:
            FlowError: `connector.graphql.errors`, it gives no data; `connector.http.status` for an answer that is none
                of GraphQL; what the HTTP client raises.
        """
        body, _ = encode_body(request_of(document, variables, operation), "application/json")
        answer = await self._http.send(Call("POST", headers=_HEADERS, body=body))
        executed = _executed(answer)
        if executed is None:
            raise self._unexpected(answer)
        if executed.data is None and executed.errors:
            raise errors_of(self.name, executed.errors)
        return executed

    def subscribe(
        self, document: str, variables: Mapping[str, Any], operation: str = ""
    ) -> AbstractAsyncContextManager[AsyncIterator[Executed]]:
        """What a subscription gives, from when the context is entered on; errors beside data are told, not raised.

        Raises, at the beginning or while it gives:
            FlowError: `connector.graphql.errors`, the service does not take the document; `connector.unavailable`, it
                has ended the subscription, or the connection is lost; what opening a socket or a stream raises.
        """
        request = request_of(document, variables, operation)
        carried = over_socket if self._way.over == "websocket" else over_events
        return carried(self.name, self._http, self._way, request, self._clock)

    async def check(self) -> None:
        try:
            await self.execute("{__typename}", {})
        except FlowError as error:
            status = error.details.get("status", 0)
            if status in (401, 403):
                raise refused(self.name, error.message) from error
            if status >= 500:
                raise unavailable(self.name, error.message) from error
            # That it says no is a sign of life, too.
            if error.code not in ("connector.graphql.errors", "connector.http.status"):
                raise

    async def close(self) -> None:
        await self._http.close()

    def _unexpected(self, answer: Answer) -> FlowError:
        message = f"{self.name}: {answer.url} answered {answer.status} with what is no answer of GraphQL"
        return FlowError("connector.http.status", message, details={"status": answer.status})


def _executed(answer: Answer) -> Executed | None:
    """What an answer has; None where it is none of GraphQL."""
    try:
        return executed_of(decode_body(answer.content, answer.content_type))
    except (FlowError, msgspec.MsgspecError):
        return None
