"""The names that an expression may use, and what its author meant by one that nothing defines."""

import re
from collections.abc import Collection
from difflib import get_close_matches

from airdock.expressions.problems import ExpressionSyntaxError
from airdock.expressions.scanner import tokens

FUNCTIONS = frozenset(
    """
    abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl decodeUrlComponent
    distinct each encodeUrl encodeUrlComponent error exists filter floor formatBase formatInteger formatNumber
    fromMillis join keys length lookup lowercase map match max merge millis min not now number pad parseInteger power
    random reduce replace reverse round shuffle sift single sort split spread sqrt string substring substringAfter
    substringBefore sum toMillis trim type uppercase zip
    """.split()  # noqa: SIM905 -- a table of words
)
"""The functions that every expression can call, without their `$`."""
PARTS = frozenset(("body", "headers", "properties", "request", "run", "error", "loop", "split", "config"))
"""What stands in the document of an expression; written without a `$`."""


def undefined_name(source: str, unbound: Collection[str]) -> ExpressionSyntaxError | None:
    """The error for the first name that nothing defines, or for a function that is called without its `$`.

    Args:
        unbound: The names of variables and functions that the source uses and nothing defines.
    """
    found = list(tokens(source))
    for place, token in enumerate(found):
        if token.kind != "name":
            continue
        before, after = found[place - 1].text if place else "", found[place + 1].text if place + 1 < len(found) else ""
        if token.text[0] == "$" and token.text[1:] in unbound:
            return _undefined(token.text, token.start, {*FUNCTIONS, *_variables(source)})
        if after == "(" and before != "." and token.text in FUNCTIONS:
            return ExpressionSyntaxError(f"a function is called with its `$`: `${token.text}(`", token.start)
    return _undefined(f"${min(unbound)}", 0, FUNCTIONS) if unbound else None


def _undefined(written: str, start: int, known: Collection[str]) -> ExpressionSyntaxError:
    name = written[1:]
    if name in PARTS:
        return ExpressionSyntaxError(f"`{written}` is not defined: `{name}` is written without `$`", start)
    near = get_close_matches(name.lower(), {each.lower(): each for each in known if each != name}, n=1, cutoff=0.6)
    if near:
        meant = next(each for each in sorted(known) if each.lower() == near[0])
        return ExpressionSyntaxError(f"`{written}` is not defined: did you mean `${meant}`?", start)
    return ExpressionSyntaxError(
        f"`{written}` is not defined: it is no function of JSONata, and no `:=` or parameter makes it", start
    )


def _variables(source: str) -> set[str]:
    """Names that are assigned or are parameters, nearly: every `$name` that stands before `:=`, `,` or `)`."""
    return set(re.findall(r"\$(\w+)\s*(?=:=)", source)) | {
        name for group in re.findall(r"(?:function|λ)\s*\(([^)]*)\)", source) for name in re.findall(r"\$(\w+)", group)
    }
