"""The rules, one in each file."""

from collections.abc import Callable, Iterable

from airdock.lint.landscape import Landscape
from airdock.lint.rules import (
    circular_flow,
    clear_text_secret,
    constant_expression,
    duplicate_name,
    endless_loop,
    endless_recursion,
    idle_try,
    missing_timeout,
    property_never_read,
    property_never_set,
    shadowed_handler,
    unknown_value,
    unnamed_state,
    unreachable_case,
    unreachable_step,
    unsafe_retry,
    unused_module,
)
from airdock.lint.subject import Finding, Subject

Check = Callable[[Subject, Landscape], Iterable[Finding]]
"""Finds what a rule is about in one file."""

RULES: dict[str, Check] = {
    rule.CODE: rule.check
    for rule in (
        unreachable_step,
        unreachable_case,
        constant_expression,
        endless_loop,
        endless_recursion,
        circular_flow,
        unknown_value,
        property_never_set,
        property_never_read,
        unsafe_retry,
        clear_text_secret,
        shadowed_handler,
        idle_try,
        duplicate_name,
        unnamed_state,
        missing_timeout,
        unused_module,
    )
}
"""By code."""
