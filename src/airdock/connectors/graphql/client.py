"""A GraphQL service as steps call it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.http.bodies import decode_body, encode_body
from airdock.connectors.http.calls import Answer, Call
from airdock.connectors.http.client import HttpClient
from airdock.errors import FlowError

_HEADERS = {
    "Accept": "application/graphql-response+json, application/json;q=0.9",
    "Content-Type": "application/json",
}
_MOST_ERRORS = 20


class Executed(NamedTuple):
    """What came of a document: its data, and the errors of parts that have none."""

    data: Any
    errors: list[Any]


class GraphqlClient:
    """Sends documents; shared by all that use the connection."""

    def __init__(self, name: str, http: HttpClient) -> None:
        self.name = name
        self._http = http

    async def execute(self, document: str, variables: Mapping[str, Any], operation: str = "") -> Executed:
        """What a document gives; errors beside data are told, not raised.

        Args:
            operation: Which operation of the document; the only one if left out.

        Raises:
            FlowError: `connector.graphql.errors`, it gives no data; `connector.http.status` for an answer that is none
                of GraphQL; what the HTTP client raises.
        """
        request: dict[str, Any] = {"query": document, "variables": variables}
        if operation:
            request["operationName"] = operation
        body, _ = encode_body(request, "application/json")
        answer = await self._http.send(Call("POST", headers=_HEADERS, body=body))
        executed = _executed(answer)
        if executed is None:
            raise self._unexpected(answer)
        if executed.data is None and executed.errors:
            raise errors_of(self.name, executed.errors)
        return executed

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


def errors_of(name: str, errors: list[Any]) -> FlowError:
    """The error for errors that a service told."""
    first = errors[0].get("message") if isinstance(errors[0], dict) else errors[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    message = f"{name} answered with an error: {' '.join(str(first).split())[:500]}{more}"
    return FlowError("connector.graphql.errors", message, details={"errors": errors[:_MOST_ERRORS]})


def _executed(answer: Answer) -> Executed | None:
    """What an answer has; None where it is none of GraphQL."""
    try:
        value = decode_body(answer.content, answer.content_type)
    except (FlowError, msgspec.MsgspecError):
        return None
    if not isinstance(value, dict) or not ("data" in value or "errors" in value):
        return None
    errors = value.get("errors") or []
    return Executed(value.get("data"), errors if isinstance(errors, list) else [errors])
