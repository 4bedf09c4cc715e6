"""The nearest right word."""

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 64


def nearest(word: str, options: Iterable[str]) -> str:
    """The option that the author most likely meant; empty when none is near."""
    if len(word) > _LONGEST:
        return ""
    by_folded = {_fold(option): option for option in options}
    matches = get_close_matches(_fold(word), by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else ""


def hint(word: str, options: Iterable[str], otherwise: str = "") -> str:
    """`did you mean 'output'?`, or the list of the options behind `otherwise`."""
    known = list(options)
    near = nearest(word, known)
    if near:
        return f"did you mean '{near}'?"
    return f"{otherwise}{', '.join(known)}" if otherwise and known else ""


def _fold(word: str) -> str:
    return word.replace("_", "").replace("-", "").lower()
