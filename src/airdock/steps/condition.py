from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.response import ABSENT
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.flow import SubFlow
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.kinds import Flow, ListOf, Record, Scalar, Text
from airdock.spec.step import Compiled, Compiler, Step

Test = Callable[[Exchange], bool]


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

    @property
    def reads_form(self) -> bool:
        return any(case.key for case in self.cases)

    def compile(self, compiler: Compiler) -> Compiled:
        cases = tuple((_test(case), compiler.flow(case.flow)) for case in self.cases)
        otherwise = compiler.flow(self.otherwise) if self.otherwise is not None else None

        def route(exchange: Exchange) -> Awaitable[None] | None:
            for matches, flow in cases:
                if matches(exchange):
                    return flow(exchange)
            return None if otherwise is None else otherwise(exchange)

        return route


def _test(case: Case) -> Test:
    return case.when.test if case.when is not None else _key_test(case.key, case.value)


def _key_test(key: str, expected: Any) -> Test:
    text = _as_text(expected)
    word = text.lower()
    matches_absent = word == "null"
    matches_any = word == "any"

    def matches(exchange: Exchange) -> bool:
        value = exchange.properties.get(key, ABSENT)
        if value is ABSENT:
            value = exchange.request.parameter(key)
        if value is None:
            return matches_absent
        return matches_any or value == text or (not isinstance(value, str) and _as_text(value) == text)

    return matches


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
