"""Puts what a script changed into the values that it was given."""

from typing import Any

import msgspec


def changed_value(original: Any, before: str | None, after: str) -> Any:
    """The value after the script, with everything that it left alone as it was.

    JavaScript's numbers hold 53 bits. Comparing what the script had seen with what it left shows which parts it
    touched; the others are taken from the original, where a 64-bit number is whole.
    """
    value = msgspec.json.decode(after)
    if before is None:
        return value
    return _merged(original, msgspec.json.decode(before), value)


def _merged(original: Any, before: Any, after: Any) -> Any:
    if isinstance(original, dict) and isinstance(before, dict) and isinstance(after, dict):
        return {
            name: _merged(original[name], before[name], value) if name in before and name in original else value
            for name, value in after.items()
        }
    if isinstance(original, list | tuple) and isinstance(before, list) and isinstance(after, list):
        shared = min(len(original), len(before), len(after))
        return [_merged(original[index], before[index], after[index]) for index in range(shared)] + after[shared:]
    # 1 and True are equal to Python, and not to JSON.
    return original if type(before) is type(after) and before == after else after
