"""Independent copies of a message's values."""

from typing import Any

ATOMS = frozenset({str, int, bool, type(None)})
"""Types whose values cannot be changed and are carried on as they are."""


def copy_value(value: Any) -> Any:
    """An independent copy in which every number is what it was; tuples and sets become lists.

    What is neither a container nor bytes is the same in the copy.

    Raises:
        RecursionError: the value is nested too deeply.
    """
    kind = type(value)
    if kind in ATOMS:
        return value
    if kind is float:
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {key: each if type(each) in ATOMS else copy_value(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [each if type(each) in ATOMS else copy_value(each) for each in value]
    return bytes(value) if isinstance(value, (bytearray, memoryview)) else value
