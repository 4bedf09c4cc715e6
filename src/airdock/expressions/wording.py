"""What the JSONata library says about a source, in the words of the person who wrote it."""

import re

from airdock.expressions.problems import SHOWN_REASON, ExpressionSyntaxError, shortened

WORDS = {
    "S0101": "a text is not closed: its quote is missing",
    "S0105": "a name in backticks is not closed",
    "S0106": "a comment is not closed: `*/` is missing",
    "S0207": "the expression ends too early",
    "S0212": "what stands before `:=` must be a variable, such as `$total`",
    "S0302": "a regular expression is not closed: its `/` is missing",
}
"""What JSONata's codes mean."""
OTHER_LANGUAGES = {
    "==": "equality is `=`, not `==`",
    "===": "equality is `=`, not `===`",
    "&&": "write `and`, not `&&`",
    "||": "write `or`, not `||`",
    "<>": "inequality is `!=`, not `<>`",
    "=>": "a function is written `function($x){ … }`",
    "->": "a function is written `function($x){ … }`",
    "!": "`!` is not known: write `$not(…)`",
    "not": "`not` is a function: write `$not(…)`",
}
"""Habits from other languages, by what stands in the source."""

_HABIT = re.compile(r"===?|&&|\|\||<>|[=-]>|!(?!=)|\bnot\b(?=\s*[\w(])")
_SYMBOL = re.compile(r'"(.*)"|: (\S+)$', re.DOTALL)
_EXPECTED = re.compile(r'Expected "(.+?)"(?:, got (.+))?', re.DOTALL)


def syntax_error(code: str, reason: str, offset: int, source: str) -> ExpressionSyntaxError:
    """The error for what the library says about a source."""
    words = WORDS.get(code) or _habit(source, offset) or _worded(code, reason) or shortened(reason, SHOWN_REASON)
    return ExpressionSyntaxError(f"{words} ({code})", offset)


def _habit(source: str, offset: int) -> str:
    """Advice about an operator or a word of other languages, at the offset or right before it."""
    for found in _HABIT.finditer(source):
        if found.start() <= offset <= found.end() or (found[0] == "not" and not source[found.end() : offset].strip()):
            return OTHER_LANGUAGES[found[0]]
    return ""


def _worded(code: str, reason: str) -> str:
    if code in ("S0202", "S0203") and (wanted := _EXPECTED.search(reason)):
        return f"`{wanted[1]}` is missing" + (f" before `{_shown(wanted[2])}`" if wanted[2] else " at the end")
    symbol = _SYMBOL.search(reason)
    if symbol is None:
        return ""
    if code == "S0211":
        return f"a value is missing before `{_shown(symbol[1])}`"
    return _misplaced(_shown(symbol[1] or symbol[2])) if code == "S0201" else ""


def _misplaced(symbol: str) -> str:
    if symbol in ")]}":
        return f"there is a `{symbol}` too many"
    if symbol == "..":
        return "a range is written in brackets, such as `[1..9]`"
    advice = ": perhaps an operator is missing before it" if symbol[0].isalnum() or symbol[0] in "$'\"" else ""
    return f"`{symbol}` is not expected here{advice}"


def _shown(symbol: str) -> str:
    return shortened(symbol.strip('"').removesuffix(".0"))
