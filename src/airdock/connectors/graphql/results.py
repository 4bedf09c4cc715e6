"""What goes to a GraphQL service and what comes back, however it is carried."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from airdock.errors import FlowError

MOST_ERRORS = 20


class Executed(NamedTuple):
    """What came of a document: its data, and the errors of parts that have none."""

    data: Any
    errors: list[Any]


def request_of(document: str, variables: Mapping[str, Any], operation: str) -> dict[str, Any]:
    """The request for a document, and which operation of it; the only one if empty."""
    request: dict[str, Any] = {"query": document, "variables": variables}
    if operation:
        request["operationName"] = operation
    return request


def executed_of(value: Any) -> Executed | None:
    """What a result has; None where it is none of GraphQL."""
    if not isinstance(value, dict) or not ("data" in value or "errors" in value):
        return None
    errors = value.get("errors") or []
    return Executed(value.get("data"), errors if isinstance(errors, list) else [errors])


def errors_of(name: str, errors: list[Any]) -> FlowError:
    """The error for errors that a service told."""
    first = errors[0].get("message") if isinstance(errors[0], dict) else errors[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    message = f"{name} answered with an error: {' '.join(str(first).split())[:500]}{more}"
    return FlowError("connector.graphql.errors", message, details={"errors": errors[:MOST_ERRORS]})
