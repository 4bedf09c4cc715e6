"""Camel's Simple language as JSONata.

Source: Apache Camel, The Simple Language. What has no counterpart is refused, never guessed.
"""

import json
import re
from collections.abc import Iterator

from airdock.camel.functions import function_source
from airdock.camel.notes import UntranslatableError

_OPERATORS = (
    "&&", "||", "==", "=~", "!=~", "!=", ">=", "<=", ">", "<", "!contains", "contains", "~~", "!~~", "!regex", "regex",
    "!in", "in", "!range", "range", "!startsWith", "startsWith", "starts with", "!endsWith", "endsWith", "ends with",
    "!is", "is",
)  # fmt: skip
_OPERATOR = re.compile(
    r"(?:^|\s+)(" + "|".join(re.escape(each) for each in sorted(_OPERATORS, key=len, reverse=True)) + r")(?:\s+|$)"
)
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def template_of(text: str) -> str:
    """A text with `${}` in Simple as a text with `${}` in JSONata.

    Raises:
        UntranslatableError: a function in it has no counterpart.
    """
    return "".join(f"${{{function_source(part)}}}" if inside else part for part, inside in _cut(text))


def expression_of(text: str) -> str:
    """A text in Simple as the JSONata source of its value: a function's value, or a text.

    Raises:
        UntranslatableError: a function in it has no counterpart.
    """
    parts = [function_source(part) if inside else json.dumps(part) for part, inside in _cut(text)]
    return " & ".join(parts) if parts else '""'


def predicate_of(text: str) -> str:
    """A predicate in Simple as JSONata: comparisons joined by `&&` and `||`.

    Raises:
        UntranslatableError: an operator or a function in it has no counterpart.
    """
    operands, operators = _split(text.strip())
    source, waiting = "", operands[0]
    place = 0
    while place < len(operators):
        operator = operators[place]
        following = operands[place + 1]
        if operator in ("&&", "||"):
            source += f"{_alone(waiting)} {'and' if operator == '&&' else 'or'} "
            waiting = following
        else:
            waiting = _Compared(_comparison(waiting, operator, following))
        place += 1
    return source + _alone(waiting)


class _Compared(str):
    """A comparison that is JSONata already."""


def _alone(operand: str) -> str:
    return operand if isinstance(operand, _Compared) else _operand(operand)


def _comparison(left: str, operator: str, right: str) -> str:
    negated = operator.startswith("!") and operator != "!="
    source = _compared(_alone(left), operator.removeprefix("!") if negated else operator, right)
    return f"$not({source})" if negated else source


def _compared(left: str, operator: str, right: str) -> str:
    value = _operand(right)
    literal = _literal(right)
    match operator:
        case "==" | "!=" | ">" | ">=" | "<" | "<=":
            if value == "null":
                return f"$exists({left}) = {'false' if operator == '==' else 'true'}"
            # Headers are texts; Camel converts one side to the type of the other.
            if left.startswith("headers.") and _NUMBER.fullmatch(value):
                left = f"$number({left})"
            return f"{left} {'=' if operator == '==' else operator} {value}"
        case "=~":
            return f"$lowercase($string({left})) = $lowercase($string({value}))"
        case "contains":
            return f"$contains($string({left}), {value})"
        case "~~":
            return f"$contains($lowercase($string({left})), $lowercase({value}))"
        case "regex":
            return f"$contains($string({left}), /^(?:{literal.replace('/', chr(92) + '/')})$/)"
        case "in":
            return f"$string({left}) in [{', '.join(json.dumps(each.strip()) for each in literal.split(','))}]"
        case "range":
            low, _, high = literal.partition("..")
            if not (low.strip().lstrip("-").isdigit() and high.strip().lstrip("-").isdigit()):
                raise UntranslatableError(f"the range {literal!r} is not two whole numbers")
            return f"($number({left}) >= {low.strip()} and $number({left}) <= {high.strip()})"
        case "startsWith" | "starts with":
            return f"$substring($string({left}), 0, $length({value})) = {value}"
        case "endsWith" | "ends with":
            return f"$substring($string({left}), -$length({value})) = {value}"
        case "is":
            return f"$type({left}) = {json.dumps(_type_of(literal))}"
    raise UntranslatableError(f"the operator {operator!r} has no counterpart")


_JAVA_TYPES = {
    "string": "string", "integer": "number", "long": "number", "double": "number", "float": "number",
    "boolean": "boolean", "map": "object", "list": "array", "collection": "array",
}  # fmt: skip


def _type_of(java: str) -> str:
    found = _JAVA_TYPES.get(java.rpartition(".")[2].lower())
    if found is None:
        raise UntranslatableError(f"the Java type {java!r} has no counterpart")
    return found


def _operand(text: str) -> str:
    """An operand as JSONata."""
    text = text.strip()
    if text in ("null", "true", "false") or _NUMBER.fullmatch(text):
        return text
    quoted = _quoted(text)
    return expression_of(quoted if quoted is not None else text)


def _literal(text: str) -> str:
    quoted = _quoted(text.strip())
    return quoted if quoted is not None else text.strip()


def _quoted(text: str) -> str | None:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return None


def _split(text: str) -> tuple[list[str], list[str]]:
    """Operands and the operators between them; what is quoted or in `${}` is not looked into."""
    operands, operators = [""], list[str]()
    place = 0
    while place < len(text):
        end = _closed(text, place)
        if end:
            operands[-1] += text[place:end]
            place = end
            continue
        match = _OPERATOR.match(text, place)
        if match:
            operators.append(match[1])
            operands.append("")
            place = match.end()
        else:
            operands[-1] += text[place]
            place += 1
    if not all(each.strip() for each in operands):
        raise UntranslatableError(f"an operand is missing in {text!r}")
    return operands, operators


def _closed(text: str, place: int) -> int:
    """Where a quoted text or a function that begins here ends; 0 when none does."""
    if text.startswith("${", place):
        return _end(text, place)
    if text[place] in "'\"":
        end = text.find(text[place], place + 1)
        return end + 1 if end > 0 else 0
    return 0


def _cut(text: str) -> Iterator[tuple[str, bool]]:
    """The parts of a text, and whether each is what stands in a `${}`."""
    place = 0
    text = text.replace("$simple{", "${")
    while (start := text.find("${", place)) >= 0:
        if start > place:
            yield text[place:start], False
        end = _end(text, start)
        yield text[start + 2 : end - 1], True
        place = end
    if place < len(text):
        yield text[place:], False


def _end(text: str, start: int) -> int:
    depth = 0
    for place in range(start + 1, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1
    raise UntranslatableError(f"`${{` is not closed in {text!r}")
