"""JSONata by jlens: the only module that knows the library.

It closes what the library leaves open: `$eval` is refused, every evaluation is bounded, and `$distinct`, which takes
the square of its values and does not watch the clock, takes only so many.
"""

import re
from collections.abc import Callable
from typing import Any

from jlens import Expression as Compiled
from jlens import JlensError

from airdock.expressions.limits import Limits
from airdock.expressions.problems import ExpressionSyntaxError
from airdock.expressions.wording import syntax_error

UNREADABLE = "U1004"
"""Code of the failure when a value that is read is not one that JSON has."""

_TOO_MANY = "airdock: too many values for $distinct"
_DISTINCT = (
    "($airdock_distinct:=$distinct;$distinct:=function($v)<x:x>"
    '{{$count($v)>{most}?$error("' + _TOO_MANY + '"):$airdock_distinct($v)}};'
)
_NAMES_DISTINCT = re.compile(r"\$distinct\b")

Run = Callable[[Any, dict[str, Any] | None], Any]


class EngineError(Exception):
    """An evaluation failed.

    Attributes:
        code: JSONata's code, such as `T2001`.
        reason: The library's words.
        position: Code points from the start of the source, or None.
    """

    def __init__(self, code: str, reason: str, position: int | None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.position = position


class Program:
    """A checked source; it is compiled for good by its first run, as most of thousands do not run in each process.

    Attributes:
        read: What it reads of its document: True for all, a dict for these fields of it, each with its own.
        unbound: Names of variables and functions that it uses and nothing defines.
        run: Evaluates a document, with bindings or None. Its result shares nothing with the document.

    Raises:
        ExpressionSyntaxError: the source does not compile, or names `$eval`.
    """

    __slots__ = ("_limits", "_source", "read", "run", "unbound")

    run: Run

    def __init__(self, source: str, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        reads = _compiled(source).reads()
        if "everyBinding" in reads:
            raise ExpressionSyntaxError("`$eval` is off: write the expression itself", max(source.find("$eval"), 0))
        self.read: Any = reads.get("input", {})
        self.unbound = frozenset(reads["bindings"])
        if _NAMES_DISTINCT.search(source):
            _compiled(self._prefix + source + ")")

    def __getattr__(self, name: str) -> Run:
        # Called only until `run` is set, so that later runs pay nothing for it.
        if name != "run":
            raise AttributeError(name)
        self.run = self._runnable()
        return self.run

    @property
    def _prefix(self) -> str:
        return _DISTINCT.format(most=self._limits.max_distinct) if _NAMES_DISTINCT.search(self._source) else ""

    def _runnable(self) -> Run:
        source, prefix = self._source, self._prefix
        compiled = _compiled(f"{prefix}{source})" if prefix else source)
        if "eval" in source:
            compiled.register_function("eval", _refused)
        return _bounded(compiled, self._limits, len(prefix))


def _compiled(source: str) -> Compiled:
    try:
        return Compiled(source)
    except UnicodeEncodeError as error:
        raise ExpressionSyntaxError("half of a surrogate pair is no character", error.start) from None
    except JlensError as error:
        offset = error.start if error.start is not None else error.position
        raise syntax_error(error.code, str(error), offset or 0, source) from None


def _refused(*_: Any) -> Any:
    raise EngineError("D3120", "`$eval` is off", None)


def _bounded(compiled: Compiled, limits: Limits, shift: int) -> Run:
    evaluate = compiled.evaluate
    timeout, depth, steps = limits.timeout, limits.max_depth, limits.max_steps
    length, items, size = limits.max_string_length, limits.max_array_length, limits.max_result_size

    def run(document: Any, bindings: dict[str, Any] | None = None) -> Any:
        try:
            # Written out: a dict of options would cost a third of a condition's time.
            return evaluate(
                document,
                bindings,
                timeout=timeout,
                max_depth=depth,
                max_steps=steps,
                max_string_length=length,
                max_array_length=items,
                max_result_size=size,
            )
        except JlensError as error:
            raise _failure(error, shift) from None
        except (RecursionError, OverflowError) as error:
            raise EngineError("U1001", str(error), None) from None

    return run


def _failure(error: JlensError, shift: int) -> EngineError:
    if _TOO_MANY in str(error):
        return EngineError("D2015", _TOO_MANY, None)
    position = error.position
    return EngineError(error.code, str(error), None if position is None else max(position - shift, 0))
