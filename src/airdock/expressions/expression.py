"""A compiled JSONata expression, evaluated on exchanges."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from airdock.exchange import FILL, Exchange
from airdock.expressions.engine import UNREADABLE, EngineError, Program
from airdock.expressions.exact import LARGEST, StandIns, holds_large, probe
from airdock.expressions.limits import DEFAULT_LIMITS, Limits
from airdock.expressions.names import undefined_name
from airdock.expressions.paths import ELSEWHERE, find_path, path_of, read_path
from airdock.expressions.plain import UnreadableError, plain_part
from airdock.expressions.problems import limit_error, runtime_error, type_error
from airdock.expressions.scanner import large_integers
from airdock.streams import STREAM_READ, Stream

_COMPARES = re.compile(r"[=<>^]|\bin\b|\$(?:distinct|sort|contains|match|string|lookup)\b")
_REQUEST = "request."
_TOO_DEEP = "a value that it reads is nested too deeply, or holds itself"


class Expression:
    """An expression that is evaluated any number of times, from any thread.

    Attributes:
        source: What the author wrote.
        needs: The parts of `airdock.exchange.FILL` that it reads; `evaluate` fills them.
        unbound: Names of variables and functions that it uses and nothing defines; most often misspelt.
        evaluate: The value of the expression for an exchange: a JSON value (None for a missing one) that shares nothing
            with the message. A path of names alone gives what stands there, whatever its type.
            Raises FlowError: `expression.type` or `expression.limit`, or what filling a part raises.
        names_value: It is a path of names alone, so that `peek` may give what stands in the message.
        peek: The same value, which may be part of the message and must not be changed then: no copy is made.
    """

    __slots__ = (
        "_exact",
        "_holds_large",
        "_literals",
        "_path",
        "_program",
        "evaluate",
        "names_value",
        "needs",
        "peek",
        "source",
        "unbound",
    )

    def __init__(self, source: str, limits: Limits = DEFAULT_LIMITS) -> None:
        self.source = source
        self._program = Program(source, limits)
        self._path = path_of(source)
        self.unbound = self._program.unbound
        self.needs = _needs(self._program.read)
        self._exact, self._literals = _with_literals_bound(source, self._program, limits)
        self._holds_large = probe(self._program.read) if _COMPARES.search(source) else None
        fills = tuple(FILL[part] for part in sorted(self.needs))
        if not self._path and _counts_body(source, self._program.read):
            fills += (self._refuse_stream,)
        self.names_value = self._path is not None
        self.evaluate: Callable[[Exchange], Any] = _filling(fills, self._by_path if self._path else self._by_program)
        self.peek = _filling(fills, self._found) if self._path else self.evaluate

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"

    @property
    def reads(self) -> Any:
        """What it reads of the document: True for all, a dict for these fields of it, each with its own."""
        return self._program.read

    def test(self, exchange: Exchange) -> bool:
        """Whether the value counts as true, by JSONata's rules (`$boolean`).

        Raises:
            FlowError: as `evaluate`.
        """
        value = self.evaluate(exchange)
        return value if value is True or value is False else counts_as_true(value)

    def evaluate_document(self, document: dict[str, Any]) -> Any:
        """The value for a document that is already whole.

        Raises:
            FlowError: `expression.type` or `expression.limit`.
        """
        return self._by_path(document) if self._path else self._by_program(document)

    def _by_path(self, document: dict[str, Any]) -> Any:
        try:
            value = read_path(document, self._path or ())
        except RecursionError:
            raise limit_error(self.source, _TOO_DEEP) from None
        return value if value is not ELSEWHERE else self._by_program(document)

    def _found(self, document: dict[str, Any]) -> Any:
        value = find_path(document, self._path or ())
        return value if value is not ELSEWHERE else self._by_program(document)

    def _by_program(self, document: dict[str, Any]) -> Any:
        try:
            result = self._program.run(document, None)
        except EngineError as failure:
            return self._second_try(document, failure)
        holds = self._holds_large
        if holds is not None and holds(document):
            return self._exactly(document, result)
        kind = type(result)
        if kind is bool or result is None or not holds_large(result):
            return result
        return self._exactly(document, result)

    def _exactly(self, document: dict[str, Any], rounded: Any) -> Any:
        """The result with exact integers, where `rounded` came out with a double's."""
        with self._telling():
            part = plain_part(document, self._program.read)
            stand_ins = StandIns(part, self._literals.values())
            if not stand_ins.found:
                return rounded
            return stand_ins.restore(self._run_with(stand_ins, part), rounded)

    def _run_with(self, stand_ins: StandIns, part: Any) -> Any:
        bindings = {name: stand_ins.of(value) for name, value in self._literals.items()}
        return self._exact.run(stand_ins.replace(part), bindings or None)

    def _second_try(self, document: dict[str, Any], failure: EngineError) -> Any:
        """The result for a document with values that JSON does not have: they are made such values first."""
        with self._telling():
            if failure.code != UNREADABLE:
                raise failure
            part = plain_part(document, self._program.read)
            stand_ins = StandIns(part, self._literals.values())
            if not stand_ins.found:
                return self._program.run(part, None)
            result = self._run_with(stand_ins, part)
            return stand_ins.restore(result, result)

    def _refuse_stream(self, exchange: Exchange) -> None:
        if isinstance(exchange.body, Stream):
            raise type_error(self.source, f"it reads {STREAM_READ}")

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Makes the author's error of what fails inside."""
        try:
            yield
        except EngineError as failure:
            raise runtime_error(self.source, failure.code, failure.reason, failure.position) from None
        except UnreadableError as problem:
            raise type_error(self.source, str(problem)) from None
        except RecursionError:
            raise limit_error(self.source, _TOO_DEEP) from None


def counts_as_true(value: Any) -> bool:
    """JSONata's effective boolean: a list counts as true if one of its items does."""
    if isinstance(value, list):
        return any(map(counts_as_true, value))
    return bool(value)


@lru_cache(maxsize=4096)
def compile_expression(source: str, limits: Limits = DEFAULT_LIMITS) -> Expression:
    """The expression; the same one for the same source.

    Raises:
        ExpressionSyntaxError: the source does not compile, names `$eval`, or uses a name that nothing defines.
    """
    expression = Expression(source, limits)
    if problem := undefined_name(source, expression.unbound):
        raise problem
    return expression


def _filling(
    fills: tuple[Callable[[Exchange], None], ...], value_of: Callable[[dict[str, Any]], Any]
) -> Callable[[Exchange], Any]:
    if not fills:
        return lambda exchange: value_of(exchange.document)
    if len(fills) > 1:

        def evaluate_many(exchange: Exchange) -> Any:
            for fill in fills:
                fill(exchange)
            return value_of(exchange.document)

        return evaluate_many
    fill = fills[0]

    def evaluate(exchange: Exchange) -> Any:
        fill(exchange)
        return value_of(exchange.document)

    return evaluate


def _needs(read: Any) -> frozenset[str]:
    if read is True:
        return frozenset(FILL)
    needs = {part for part in read if part in FILL}
    request = read.get("request", {})
    if request is True:
        needs.update(part for part in FILL if part.startswith(_REQUEST))
    else:
        needs.update(_REQUEST + part for part in request if _REQUEST + part in FILL)
    return frozenset(needs)


def _counts_body(source: str, read: Any) -> bool:
    """Whether it may count the body without looking at what is in it, which the library does for any value."""
    return "$count" in source and (read is True or read.get("body") == {})


def _with_literals_bound(source: str, program: Program, limits: Limits) -> tuple[Program, dict[str, int]]:
    """The program in which variables stand for the source's integers beyond 2^53, and these integers by name."""
    literals: dict[str, int] = {}
    pieces, place = [], 0
    for number, token in enumerate(large_integers(source)):
        if int(token.text) >= LARGEST:
            # As long as the digits, so that positions in the source stay what they are.
            name = str(number).zfill(len(token.text) - 1)
            literals[name] = int(token.text)
            pieces += [source[place : token.start], "$" + name]
            place = token.end
    if not literals:
        return program, literals
    return Program("".join(pieces) + source[place:], limits), literals
