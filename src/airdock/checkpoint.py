"""Where a run failed, and its exchange as it was then: what a retry of the run goes on from."""

from typing import TYPE_CHECKING, Any, Self

import msgspec

if TYPE_CHECKING:
    from airdock.exchange import Exchange

_SCOPES = ("loop", "split")


class Checkpoint(msgspec.Struct, eq=False):
    """What a failed step found, but for what it changed itself before it failed. Values are not copied.

    Attributes:
        steps: Paths of the step that failed and of those around it, from the inside; those around it come later.
        exchange: The exchange, which goes on changing.
        properties, headers, body, body_set, body_type, scopes: Of the message; headers are None where no step used
            them.
        status, parts, response_headers, response_body: The answer so far.
        refusal: Why a retry cannot go on from here; empty when it can.
    """

    steps: list[str]
    exchange: Any = None
    properties: dict[str, Any] = {}
    headers: dict[str, Any] | None = None
    body: Any = None
    body_set: bool = False
    body_type: str = ""
    scopes: dict[str, Any] = {}
    status: int | None = None
    parts: list[str | bytes] = []
    response_headers: dict[str, Any] | None = None
    response_body: Any = None
    refusal: str = ""

    @classmethod
    def taken(cls, path: str, exchange: "Exchange") -> Self:
        """The checkpoint of a step that fails now."""
        document, response = exchange.document, exchange.response
        headers = document.get("headers")
        return cls(
            steps=[path],
            exchange=exchange,
            properties=dict(exchange.properties),
            headers=None if headers is None else dict(headers),
            body=document.get("body") if exchange.body_set else None,
            body_set=exchange.body_set,
            body_type=exchange.body_type,
            scopes={name: document[name] for name in _SCOPES if name in document},
            status=response.status,
            parts=list(response.parts),
            response_headers=None if response.own_headers is None else dict(response.own_headers),
            response_body=response.body,
        )

    def around(self, path: str) -> None:
        """Notes a step around those that are noted."""
        if not self.refusal:
            self.steps.append(path)


ENDING = Checkpoint([], refusal="a `finally` step failed while the run was already ending")
"""Stands where there is nothing to go on with: the steps behind were not to run."""
