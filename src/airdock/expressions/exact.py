"""Integers beyond 2^53, which JSONata's numbers (doubles) would round, kept exact.

An evaluation that meets such integers is done again with a stand-in for each: a double near to it that no other has,
in the same order. So they compare, sort and group as what they are, and in the result (numbers, and digits in texts)
the stand-ins are made the integers again. What is computed from them is a double's arithmetic, as JSONata has it.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

LARGEST = 2**53
_DIGITS = re.compile(r"(?<![\d.])\d{16,}(?!\d|\.\d|[eE][+-]?\d)")
_LONG_TEXT = 16


def is_large(value: Any) -> bool:
    """Whether the value is a number that a double may not hold exactly."""
    kind = type(value)
    return (kind is int or kind is float) and not -LARGEST < value < LARGEST


def holds_large(value: Any) -> bool:
    """Whether a value holds, at any depth, a large number or a text that may have been made of one."""
    kind = type(value)
    if kind is str:
        return len(value) >= _LONG_TEXT and _DIGITS.search(value) is not None
    if kind is int or kind is float:
        return not -LARGEST < value < LARGEST
    if kind is list:
        return any(map(holds_large, value))
    return kind is dict and _object_holds_large(value)


def _object_holds_large(value: dict[str, Any]) -> bool:
    # Spelt out for the commonest kinds: this runs on every result.
    for key, each in value.items():
        kind = type(each)
        if kind is str:
            if len(each) >= _LONG_TEXT and _DIGITS.search(each):
                return True
        elif kind is int or kind is float:
            if not -LARGEST < each < LARGEST:
                return True
        elif kind is not bool and each is not None and holds_large(each):
            return True
        if len(key) >= _LONG_TEXT and _DIGITS.search(key):
            return True
    return False


def reads_large(value: Any, read: Any) -> bool:
    """Whether the part of the value that is read holds a large number."""
    kind = type(value)
    if kind is int or kind is float:
        return not -LARGEST < value < LARGEST
    if kind is str or value is None or kind is bool:
        return False
    if isinstance(value, (list, tuple, set, frozenset)):
        return any(reads_large(each, read) for each in value)
    if not isinstance(value, dict):
        return False
    if read is True:
        return any(reads_large(each, True) for each in value.values())
    return any(reads_large(dict.get(value, name), part) for name, part in read.items())


def probe(read: Any) -> Callable[[dict[str, Any]], bool]:
    """A quick test of documents: does the part that `read` names hold a large number?"""
    if read is True or not read:
        return lambda document: bool(read) and reads_large(document, True)
    leaves = list(_leaves(read, ()))

    def holds(document: dict[str, Any]) -> bool:
        for path, rest in leaves:
            value: Any = document
            for name in path:
                if type(value) is not dict:
                    break
                value = value.get(name)
            else:
                if value.__class__ is not str and reads_large(value, rest):
                    return True
                continue
            if reads_large(document, read):
                return True
        return False

    return holds


def _leaves(read: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, part in read.items():
        if part is True or not part:
            yield (*path, name), part
        else:
            yield from _leaves(part, (*path, name))


class StandIns:
    """The stand-ins for the large integers of one evaluation.

    Attributes:
        found: Whether there are any, so that the evaluation must be done with them.
    """

    def __init__(self, part: Any, literals: Iterable[int] = ()) -> None:
        self._texts: set[str] = set()
        magnitudes = {abs(value) for value in literals}
        self._collect(part, magnitudes)
        self.found = bool(magnitudes)
        self._of = _spread(sorted(magnitudes))
        self._exact = {double: value for value, double in self._of.items()}
        self._digits = self._digit_runs()

    def _collect(self, value: Any, magnitudes: set[int]) -> None:
        if is_large(value):
            if type(value) is int or math.isfinite(value):
                magnitudes.add(abs(int(value)))
        elif type(value) is str:
            if len(value) >= _LONG_TEXT:
                self._texts.update(_DIGITS.findall(value))
        elif type(value) is list:
            for each in value:
                self._collect(each, magnitudes)
        elif type(value) is dict:
            for key, each in value.items():
                self._collect(key, magnitudes)
                self._collect(each, magnitudes)

    def _digit_runs(self) -> dict[str, str]:
        runs: dict[str, str] = {}
        for value, double in self._of.items():
            if double < 1e21:
                exact = str(value)
                runs[double_text(double)] = exact
                runs[str(int(double))] = exact
        return {run: exact for run, exact in runs.items() if run not in self._texts}

    def of(self, value: int) -> float:
        """The stand-in of a large integer that was given to the constructor."""
        double = self._of[abs(value)]
        return double if value >= 0 else -double

    def replace(self, value: Any) -> Any:
        """The value with every large number replaced by its stand-in."""
        if is_large(value) and (type(value) is int or math.isfinite(value)):
            return self.of(int(value))
        if type(value) is list:
            return [self.replace(each) for each in value]
        if type(value) is dict:
            return {name: self.replace(each) for name, each in value.items()}
        return value

    def restore(self, value: Any, rounded: Any) -> Any:
        """The result with the integers in place of their stand-ins; other large numbers
        are those of `rounded`, the result without stand-ins, where it has the same shape."""
        kind = type(value)
        if kind is int or kind is float:
            return self._restored_number(value, rounded)
        if kind is str:
            return self._restored_text(value)
        if kind is list:
            pairs = rounded if type(rounded) is list and len(rounded) == len(value) else value
            return [self.restore(each, other) for each, other in zip(value, pairs, strict=True)]
        if kind is dict:
            others = rounded if type(rounded) is dict else value
            return {self._restored_text(key): self.restore(each, others.get(key, each)) for key, each in value.items()}
        return value

    def _restored_number(self, value: int | float, rounded: Any) -> Any:
        exact = self._exact.get(abs(value))
        if exact is not None:
            return exact if value >= 0 else -exact
        # A sum, say: the doubles it is of are nearer to what the author computes than the stand-ins are.
        return rounded if is_large(rounded) and is_large(value) else value

    def _restored_text(self, text: str) -> str:
        if len(text) < _LONG_TEXT:
            return text
        return _DIGITS.sub(lambda match: self._digits.get(match[0], match[0]), text)


def _spread(ascending: list[int]) -> dict[int, float]:
    """A double for each integer: near to it, its own, and in the same order."""
    doubles: list[float] = []
    for value in ascending:
        nearest = _nearest(value)
        doubles.append(max(nearest, math.nextafter(doubles[-1], math.inf)) if doubles else nearest)
    highest = math.nextafter(math.inf, 0)
    for place in range(len(doubles) - 1, -1, -1):
        if doubles[place] <= highest:
            break
        doubles[place] = highest
        highest = math.nextafter(highest, 0)
    return dict(zip(ascending, doubles, strict=True))


def _nearest(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.nextafter(math.inf, 0)


def double_text(value: float) -> str:
    """The text that JSONata makes of an integral double below 1e21: its shortest digits, filled up with zeros."""
    digits, _, exponent = f"{value!r}".partition("e")
    whole, _, fraction = digits.partition(".")
    if not exponent:
        return whole
    return (whole + fraction.rstrip("0")).ljust(int(exponent) + len(whole), "0")
