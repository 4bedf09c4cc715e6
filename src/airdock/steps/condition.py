from collections.abc import Awaitable, Callable, Iterable
from itertools import groupby
from typing import Any

import msgspec

from airdock.exchange import Exchange, read_then
from airdock.expressions import Expression
from airdock.request import FormUnread
from airdock.response import ABSENT
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.flow import SubFlow
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.kinds import Flow, ListOf, Record, Scalar, Text
from airdock.spec.step import Compiled, Compiler, Resuming, Step, changed

Choose = Callable[[Exchange], Compiled | None]
"""The flow of the first case that matches, or None."""


class Case(Spec):
    """One case: what it matches and the flow that then runs."""

    key: str = field(
        Text(r".+", "a name"),
        "Name of the exchange property, else of the request parameter.",
        default="",
        example="name",
    )
    value: Any = field(
        Scalar(),
        "The text to equal; `any` for every present value, `null` for an absent one.",
        default=ABSENT,
        example="Joe",
    )
    when: Expression | None = field(
        ExpressionKind(), "An expression instead of `key` and `value`.", example="body.amount > 100"
    )
    flow: SubFlow = field(Flow(), "What runs when the case matches.", default=REQUIRED)

    @classmethod
    def check(cls, element: "Case") -> list[tuple[str, str]]:
        keyed = bool(element.key) or element.value is not ABSENT
        if keyed and element.when is not None:
            return [("when", "a case matches by `key` and `value` or by `when`: keep one of the two")]
        if not keyed and element.when is None:
            return [("", "a case needs `key` and `value`, or `when`")]
        if keyed and not element.key:
            return [("value", "`key` is missing: it names the property or request parameter to compare")]
        if keyed and element.value is ABSENT:
            return [("key", "`value` is missing: the text to equal, `any` or `null`")]
        return []


class Condition(Step):
    """Runs the flow of the first case that matches: Camel's content-based router.

    Cases are tried in order and the others do not run; where none matches, `otherwise` runs if there is one, else
    nothing. A case matches by `key` and `value`, or by `when`.

    For `key`: the value is the exchange property of that name; where there is none, the request parameter of that
    name (the first one in the query, else in a urlencoded or multipart form). It matches when it is the same text as
    `value`; a number or boolean is compared by its JSON text. `null` also matches an absent value, `any` every
    present one, an empty text included; both are read in any case.
    """

    type = "condition"
    group = "routing"
    example = {
        "type": "condition",
        "cases": [
            {"key": "name", "value": "Joe", "flow": {"steps": [{"type": "output", "message": "Welcome Joe"}]}},
            {"when": "body.amount > 100", "flow": {"steps": [{"type": "output", "message": "A large order"}]}},
        ],
        "otherwise": {"steps": [{"type": "output", "message": "Who is there?"}]},
    }

    cases: list[Case] = field(ListOf(Record(Case), 1), "The cases, in order.", default=REQUIRED)
    otherwise: SubFlow | None = field(Flow(), "What runs when no case matches.")

    def compile(self, compiler: Compiler) -> Compiled:
        choose = _first_of([_group(cases, compiler) for _, cases in groupby(self.cases, lambda case: case.key)])
        otherwise = compiler.flow(self.otherwise) if self.otherwise is not None else None

        def route(exchange: Exchange) -> Awaitable[None] | None:
            try:
                flow = choose(exchange) or otherwise
            except FormUnread:
                return read_then(route, exchange)
            return None if flow is None else flow(exchange)

        return route

    def resumed(self, inside: Resuming) -> "Condition | None":
        for flow in (*(case.flow for case in self.cases), self.otherwise):
            if flow is not None and (rest := inside.rest(flow.steps)):
                return changed(self, cases=[], otherwise=changed(flow, properties={}, steps=rest))
        return None


def _first_of(groups: list[Choose]) -> Choose:
    """Asks the groups of cases in order."""
    if len(groups) == 1:
        return groups[0]

    def choose(exchange: Exchange) -> Compiled | None:
        return next((flow for flow in (group(exchange) for group in groups) if flow is not None), None)

    return choose


def _group(cases: Iterable[Case], compiler: Compiler) -> Choose:
    """Neighbouring cases of one key, whose value is looked up once; or those by expression."""
    cases = list(cases)
    flows = [compiler.flow(case.flow) for case in cases]
    if cases[0].key:
        return _by_key(cases[0].key, [as_text(case.value) for case in cases], flows)
    tests = tuple((case.when.test, flow) for case, flow in zip(cases, flows, strict=True) if case.when is not None)

    def choose(exchange: Exchange) -> Compiled | None:
        for test, flow in tests:
            if test(exchange):
                return flow
        return None

    return choose


def _by_key(key: str, values: list[str], flows: list[Compiled]) -> Choose:
    cases = tuple(zip(values, (value.lower() == "any" for value in values), flows, strict=True))
    absent = next((flow for value, _, flow in cases if value.lower() == "null"), None)

    def choose(exchange: Exchange) -> Compiled | None:
        value = exchange.properties.get(key, ABSENT)
        if value is ABSENT:
            value = exchange.request.parameter(key)
        if value is None:
            return absent
        text = value if isinstance(value, str) else as_text(value)
        for expected, matches_any, flow in cases:
            if matches_any or expected == text:
                return flow
        return None

    return choose


def as_text(value: Any) -> str:
    """How a value is compared: a text as it is, anything else by its JSON text."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
