"""What flows ask of their callers, in the words of OpenAPI."""

import re
from itertools import product
from typing import Any

from airdock.spec.flow import Flow
from airdock.spec.protection import ApiKey, Signature

PROBLEMS = {
    "401": ("Unauthorized", "No caller, key or signature that is good; `WWW-Authenticate` says what is asked for."),
    "403": ("Forbidden", "The caller has none of the roles, or a page of another site asked."),
    "409": ("Replayed", "A request with this signature came already."),
    "429": ("TooMany", "Too many calls came; `Retry-After` says when to come again."),
}
"""The answers that only protected flows have: names and descriptions by status."""

_USERS: dict[str, dict[str, Any]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A token of a user or a service."},
    "basic": {"type": "http", "scheme": "basic", "description": "Name and password of a user."},
}
_PASSWORD = {"type": "http", "scheme": "basic", "description": "A name and a password of the flow's own."}
_SIGNED = {"github": "X-Hub-Signature-256", "stripe": "Stripe-Signature", "slack": "X-Slack-Signature"}


class SecuritySchemes:
    """The schemes of a document, each there once something asks for it.

    Attributes:
        schemes: By name, for `components.securitySchemes`.
    """

    def __init__(self) -> None:
        self.schemes: dict[str, dict[str, Any]] = {}

    def asked(self, flow: Flow, *, roles: bool) -> list[dict[str, list[str]]]:
        """The `security` of an operation: of these alternatives a caller needs one. Empty where nothing is asked.

        Args:
            roles: Whether a signed-in caller is needed.
        """
        parts = [self._users() if roles else [], self._own(flow), self._signature(flow)]
        chosen = product(*(part for part in parts if part))
        return [{name: [] for name in names} for names in chosen if names]

    def _users(self) -> list[str]:
        return [self._named(name, scheme) for name, scheme in _USERS.items()]

    def _own(self, flow: Flow) -> list[str]:
        names = [] if flow.api_key is None else [self._named("apiKey", _key(flow.api_key))]
        return names if flow.basic is None else [*names, self._named("password", _PASSWORD)]

    def _signature(self, flow: Flow) -> list[str]:
        return [] if flow.signature is None else [self._named("signature", _signature(flow.signature))]

    def _named(self, word: str, scheme: dict[str, Any]) -> str:
        """The name of a scheme: the word, and what tells it from others of its kind."""
        name = word if "name" not in scheme else re.sub(r"[^A-Za-z0-9._-]", "_", f"{word}.{scheme['name']}")
        while self.schemes.setdefault(name, scheme) != scheme:
            name += "_"
        return name


def problems_of(flow: Flow, *, roles: bool) -> dict[str, str]:
    """The names of the further answers that a protected flow may give, by status."""
    statuses = {
        "401": roles or any(each is not None for each in (flow.signature, flow.api_key, flow.basic)),
        "403": roles,
        "409": flow.signature is not None,
        "429": flow.rate_limit is not None,
    }
    return {status: PROBLEMS[status][0] for status, may_be in statuses.items() if may_be}


def _key(declared: ApiKey) -> dict[str, Any]:
    place = ("header", declared.header) if declared.header else ("query", declared.query)
    return {"type": "apiKey", "in": place[0], "name": place[1]}


def _signature(declared: Signature) -> dict[str, Any]:
    header = _SIGNED.get(declared.scheme, declared.header)
    algorithm = "sha256" if declared.scheme in _SIGNED else declared.algorithm
    how = f"as {declared.scheme} signs it" if declared.scheme in _SIGNED else f"of {declared.payload}"
    return {"type": "apiKey", "in": "header", "name": header, "description": f"HMAC {algorithm} {how}."}
