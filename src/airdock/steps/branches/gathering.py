"""What becomes of the bodies of a step's branches: the strategies of `aggregate`."""

from collections.abc import Callable
from typing import Any, ClassVar

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.formats.text import kind_of
from airdock.response import ABSENT


class Gathering:
    """Takes the branches of one message, in their order, and makes one value of them.

    Attributes:
        keeps: It keeps every branch. sees_errors: It is shown the branches that failed, which is then no error.
    """

    keeps: ClassVar[bool] = True
    sees_errors: ClassVar[bool] = False

    def add(self, name: str, index: int, branch: Exchange, error: FlowError | None) -> None:
        """Takes the next branch that has ended; `index` counts those that were begun."""
        raise NotImplementedError

    def value(self, exchange: Exchange) -> Any:
        """What they make together; `ABSENT` where the message stays as it is."""
        raise NotImplementedError


class Original(Gathering):
    """The message stays as it was."""

    keeps = False

    def add(self, name: str, index: int, branch: Exchange, error: FlowError | None) -> None:
        return

    def value(self, exchange: Exchange) -> Any:
        return ABSENT


class Latest(Gathering):
    """The body of the last one."""

    keeps = False

    def __init__(self) -> None:
        self._body: Any = ABSENT
        self._typed: Any = None

    def add(self, name: str, index: int, branch: Exchange, error: FlowError | None) -> None:
        self._body, self._typed = branch.body, branch.typed

    def value(self, exchange: Exchange) -> Any:
        if exchange.typed is None:
            # Counts where this becomes the body.
            exchange.typed = self._typed
        return self._body


class Listed(Gathering):
    """The bodies as a list."""

    def __init__(self) -> None:
        self._bodies: list[Any] = []

    def add(self, name: str, index: int, branch: Exchange, error: FlowError | None) -> None:
        self._bodies.append(branch.body)

    def value(self, exchange: Exchange) -> Any:
        return self._bodies


class Named(Gathering):
    """The bodies as an object, by the branches' names."""

    def __init__(self) -> None:
        self._bodies: dict[str, Any] = {}

    def add(self, name: str, index: int, branch: Exchange, error: FlowError | None) -> None:
        self._bodies[name] = branch.body

    def value(self, exchange: Exchange) -> Any:
        return self._bodies


class Merged(Gathering):
    """Objects as one, in which later fields win; or lists as one."""

    def __init__(self) -> None:
        self._merged: Any = None

    def add(self, name: str, index: int, branch: Exchange, error: FlowError | None) -> None:
        self._merged = merged_with(self._merged, branch.body, f"the body of branch {name or index}")

    def value(self, exchange: Exchange) -> Any:
        return self._merged


def merged_with(merged: Any, body: Any, what: str) -> Any:
    """What was merged so far (None at first), with one more body; raises FlowError `step.value`, which calls it so."""
    if merged is None and isinstance(body, dict | list):
        return body.copy()
    if isinstance(body, dict) and isinstance(merged, dict):
        merged.update(body)
    elif isinstance(body, list) and isinstance(merged, list):
        merged.extend(body)
    elif body is not None:
        advice = "`merge` takes objects alone, or lists alone"
        raise FlowError("step.value", f"{what} is {kind_of(body)}, which cannot be merged; {advice}")
    return merged


class Computed(Gathering):
    """What an expression makes of `branches`."""

    sees_errors = True

    def __init__(self, expression: Expression) -> None:
        self._expression = expression
        self._branches: list[dict[str, Any]] = []

    def add(self, name: str, index: int, branch: Exchange, error: FlowError | None) -> None:
        document = branch.document
        self._branches.append(
            {
                "name": name,
                "index": index,
                "body": branch.body,
                "headers": document.get("headers"),
                "properties": branch.properties,
                "error": None if error is None else error.as_document(),
            }
        )

    def value(self, exchange: Exchange) -> Any:
        exchange.document["branches"] = self._branches
        try:
            return self._expression.evaluate(exchange)
        finally:
            del exchange.document["branches"]


Strategy = type[Gathering]

_NAMES = frozenset({"properties", "split", "loop", "error"})
STRATEGIES: dict[str, Callable[[], Gathering]] = {"latest": Latest, "list": Listed, "object": Named, "merge": Merged}


def gathering(aggregate: Expression | None, otherwise: Callable[[], Gathering]) -> Callable[[], Gathering]:
    """Makes a gathering for each message.

    Args:
        aggregate: The field: one of the words of `STRATEGIES`, or an expression. otherwise: Where it is left out.
    """
    if aggregate is None:
        return otherwise
    return STRATEGIES.get(aggregate.source.strip()) or (lambda: Computed(aggregate))


def check_strategy(aggregate: Expression | None, seen: str) -> list[tuple[str, str]]:
    """The rule of the field, for `Spec.check`; `seen` is what its expression sees beside the message."""
    if aggregate is None or aggregate.needs:
        return []
    word = aggregate.source.strip()
    if word.isidentifier() and word not in STRATEGIES and word not in {*_NAMES, seen}:
        return [("aggregate", f"{word!r} is none of {', '.join(STRATEGIES)}, nor an expression of `{seen}`")]
    return []
