"""Codes of lint: what `airdock check` finds in descriptors that are valid, and most likely not what was meant."""

from typing import Any

from airdock.codes.code import LintCode

_HELLO: dict[str, Any] = {"type": "output", "message": "hello"}


def _case(key: str, value: str) -> dict[str, Any]:
    return {"key": key, "value": value, "flow": {"steps": [_HELLO]}}


_RULES: tuple[LintCode, ...] = (
    LintCode(
        "lint.unreachableStep",
        "No message reaches a step: the one in front of it always ends the flow.",
        "Remove the step, or let the one in front of it end the flow only sometimes, by a `when` or in a `condition`.",
        example={"steps": [{"type": "stop"}, _HELLO]},
    ),
    LintCode(
        "lint.unreachableCase",
        "No message reaches a case, or `otherwise`: earlier cases take all that it could match.",
        "Remove the case, or put it in front of the one that takes its messages.",
        example={"type": "condition", "cases": [_case("name", "any"), _case("name", "Joe")]},
    ),
    LintCode(
        "lint.constantExpression",
        "An expression that decides something does not depend on the message.",
        "Remove it, or what it never lets run.",
        example={"type": "output", "when": "1 > 2", "message": "hello"},
    ),
    LintCode(
        "lint.endlessLoop",
        "A `loop` goes on while something is true that no message changes.",
        "Let `while` read something that the steps in the loop change, or give a `count`.",
        example={"type": "loop", "while": "true", "steps": [{"type": "delay", "duration": "1s"}]},
    ),
    LintCode(
        "lint.endlessRecursion",
        "A flow calls itself, directly or by others, and nothing ever ends that.",
        "Put the call into a `condition`, or give it a `when`.",
    ),
    LintCode(
        "lint.circularFlow",
        "Flows call each other in a circle.",
        "Put what they share into a flow that calls none of them; where the recursion is meant, ignore the hint.",
        "hint",
    ),
    LintCode(
        "lint.unknownValue",
        "An expression reads what no message has: a name that stands for nothing, or a header in upper-case.",
        "Write the name as it is: what a message brings is in `body`, `headers`, `properties` and `request`.",
        example={"type": "output", "message": "${order.total}"},
    ),
    LintCode(
        "lint.propertyNeverSet",
        "An expression reads a property that nothing sets: neither the flow, nor flows that it calls or that call it.",
        "Write the name as it is set, or set it.",
        example={"properties": {"customer": "Joe"}, "steps": [{"type": "output", "message": "${properties.custmer}"}]},
    ),
    LintCode(
        "lint.propertyNeverRead",
        "A property is set and no expression, `condition` or script reads it.",
        "Remove it, or write the name as it is read.",
        "hint",
        {"properties": {"customer": "Joe"}, "steps": [_HELLO]},
        enabled=False,
    ),
    LintCode(
        "lint.unsafeRetry",
        "A step that is tried again contains what shows twice when it is done twice.",
        "Give `retry` to the step inside that fails, or put an `idempotent` around what must happen once.",
        example={
            "type": "flow",
            "retry": {"attempts": 3},
            "flow": {"steps": [_HELLO, {"type": "python", "module": "/shop/charge.py"}]},
        },
    ),
    LintCode(
        "lint.clearTextSecret",
        "A secret stands in the descriptor in clear text.",
        "Take it out, change it where it is good for, and keep the new one with `airdock secrets set NAME`.",
        example={"type": "set", "headers": {"x-api-key": "9f86d081884c7d65"}},
    ),
    LintCode(
        "lint.shadowedHandler",
        "An entry of `onError` or `catch` never takes an error: earlier entries take all that it names.",
        "Put the entry that takes more behind the one that takes less.",
        example={"steps": [_HELLO], "onError": [{"steps": [_HELLO]}, {"on": ["timeout"], "steps": [_HELLO]}]},
    ),
    LintCode(
        "lint.idleTry",
        "A `try` has neither `catch` nor `finally`, so it does nothing.",
        "Add one of them, or put its steps in the `try`'s place.",
        example={"type": "try", "steps": [_HELLO]},
    ),
    LintCode(
        "lint.duplicateName",
        "Two steps have one name where that tells them apart: in records and paths, or as the name of what they keep.",
        "Rename one of the two.",
        example={"steps": [{"name": "greet", **_HELLO}, {"name": "greet", **_HELLO}]},
    ),
    LintCode(
        "lint.unnamedState",
        "A step that keeps something between messages has no `name`: it loses that when a step is put in front of it.",
        "Give it a `name`.",
        "hint",
    ),
    LintCode(
        "lint.missingTimeout",
        "A flow waits for something, and nothing ends that.",
        "Give the flow, or the step that waits, a `timeout`.",
        "hint",
        {"steps": [{"type": "python", "module": "/shop/charge.py"}]},
        enabled=False,
    ),
    LintCode(
        "lint.unusedModule",
        "No step, job, listener or script uses a script module.",
        "Remove the file, or name it where it belongs.",
        "hint",
    ),
    LintCode(
        "lint.uselessIgnore",
        "An ignore comment names no rule, or one that finds nothing there.",
        "Remove the comment, or mend the code in it.",
    ),
)

LINT: dict[str, LintCode] = {each.code: each for each in _RULES}
"""What lint finds, by code; the reference page of lint is made from it."""
