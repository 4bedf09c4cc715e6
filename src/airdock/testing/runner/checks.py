"""Checks what came of a case against what was expected."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from airdock.errors import AirdockError, FlowError, Place
from airdock.exchange import Exchange, StepFailure, StepInfo
from airdock.expressions import Expression, Template
from airdock.spec.flow_test.expectation import Expectation, Failed, Outcome
from airdock.testing.recording import RecordedRun
from airdock.testing.runner.call_checks import check_calls
from airdock.testing.runner.compare import difference, like, same, shown
from airdock.testing.runner.order_checks import check_order
from airdock.testing.runner.player import Answered, Player
from airdock.testing.runner.results import Failure

_SPEAKS = ("status", "error", "text", "textContains", "json", "jsonLike", "snapshot", "that")
"""Fields that say how the run ends: where none is given, it is to end well."""


def check_case(player: Player) -> Iterator[Failure]:
    """What is not as expected; snapshots are checked elsewhere."""
    case, played = player.case, player.played
    for answered in played.answers:
        expected = [each for each in (answered.message.expect,) if each is not None]
        if answered is played.answers[-1] and case.expect is not None:
            expected.append(case.expect)
        place = answered.message.place
        if answered.failure:
            yield Failure(place, answered.failure)
            continue
        for each in expected:
            yield from Checks(each, answered, player).failures()
        if not any(name in each.places for each in expected for name in _SPEAKS):
            yield from _ended_well(answered, expected[0].place if expected else place)
    yield from _check_beside(player, case.expect, case.expect.place if case.expect is not None else case.place)


class Checks:
    """The checks of one answer."""

    def __init__(self, expected: Outcome, answered: Answered, player: Player) -> None:
        self.expected = expected
        self.answered = answered
        self.player = player
        self.values: Exchange = player.played.values
        self.run = answered.run

    def failures(self) -> Iterator[Failure]:
        expected, answered = self.expected, self.answered
        yield from self._equal("status", expected.status, answered.status)
        yield from self._headers()
        yield from self._texts()
        yield from self._jsons()
        yield from self._message()
        yield from self._errors()
        if expected.steps is not None:
            taken = steps_taken(self.run)
            yield from check_order(expected.steps, taken, expected.place_of("steps"), "steps", self.values)
        if expected.took is not None and abs(answered.at - answered.sent - expected.took) > 1e-6:
            took = f"it took {answered.at - answered.sent:g} s in the test's time, not {expected.took:g} s"
            yield Failure(expected.place_of("took"), took)
        if isinstance(expected, Expectation):
            yield from self._whole(expected)
        if expected.that is not None:
            yield from self._that()

    def _equal(self, name: str, template: Template | None, actual: Any) -> Iterator[Failure]:
        if template is not None:
            wanted = template.evaluate(self.values)
            if name == "status" and isinstance(wanted, str) and wanted.isdigit():
                wanted = int(wanted)
            if not same(wanted, actual):
                yield self._differs(name, f"`{name}` differs", wanted, actual)

    def _headers(self) -> Iterator[Failure]:
        for name, template in self.expected.headers.items():
            wanted, actual = template.evaluate(self.values), self.answered.headers.get(name.lower())
            if not same(wanted, actual):
                yield self._differs("headers", f"the header {name} differs", wanted, actual)

    def _texts(self) -> Iterator[Failure]:
        expected, text = self.expected, self.answered.text
        if expected.text is not None and (wanted := expected.text.text(self.values)) != text:
            yield self._differs("text", "the answer's text differs", wanted, text)
        parts = expected.text_contains if isinstance(expected.text_contains, list) else [expected.text_contains]
        for part in parts:
            if part is not None and (wanted := part.text(self.values)) not in text:
                yield self._differs("textContains", f"the answer has no {wanted!r} in it", wanted, text)

    def _jsons(self) -> Iterator[Failure]:
        for name, template, fits in (
            ("json", self.expected.json, same),
            ("jsonLike", self.expected.json_like, like),
        ):
            if template is None:
                continue
            wanted = template.evaluate(self.values)
            try:
                actual = self.answered.json()
            except msgspec.DecodeError:
                yield self._differs(name, "the answer is not JSON", wanted, self.answered.text)
                continue
            if not fits(wanted, actual):
                yield self._differs(name, "the answer's JSON differs", wanted, actual, partly=fits is like)

    def _message(self) -> Iterator[Failure]:
        expected = self.expected
        wants = {"body", "bodyLike", "properties", "messageHeaders"} & expected.places.keys()
        if not wants:
            return
        if self.run is None:
            yield Failure(expected.place_of(min(wants)), "no run ended, so there is no message to look at")
            return
        exchange = self.run.exchange
        for name, template, fits in (("body", expected.body, same), ("bodyLike", expected.body_like, like)):
            if template is not None:
                wanted, actual = template.evaluate(self.values), body_of(exchange)
                if not fits(wanted, actual):
                    yield self._differs(name, "the body differs", wanted, actual, partly=fits is like)
        for field, names, found in (
            ("properties", expected.properties, exchange.properties),
            ("messageHeaders", expected.message_headers, exchange.headers),
        ):
            for name, template in names.items():
                wanted, actual = template.evaluate(self.values), found.get(name)
                if not same(wanted, actual):
                    what = "property" if field == "properties" else "header"
                    yield self._differs(field, f"the {what} {name!r} differs", wanted, actual)

    def _errors(self) -> Iterator[Failure]:
        expected, run = self.expected, self.run
        if expected.error is not None:
            place, error = expected.place_of("error"), run.error if run is not None else None
            if error is None:
                yield Failure(place, f"the run was to fail, and ended well with {self.answered.status}")
            elif not _is(expected.error, error.code, (error.step,), error.message, self.values):
                yield Failure(place, "the run failed otherwise", _shown_error(expected.error, error))
        if expected.failures is not None:
            found = failures_of(run)
            wanted = expected.failures
            if len(found) != len(wanted) or not all(
                _is(each, failed.code, (failed.step.path, failed.step.name), failed.message, self.values)
                for each, failed in zip(wanted, found, strict=False)
            ):
                lines = [f"- {_text(each)}" for each in wanted] + [f"+ {_failure_text(each)}" for each in found]
                yield Failure(expected.place_of("failures"), "other steps failed", lines)

    def _whole(self, expected: Expectation) -> Iterator[Failure]:
        yield from check_calls(expected.calls, self.player.trial.mocks.calls, self.values)
        if expected.log is not None:
            lines = [line.message for line in self.player.played.log]
            yield from check_order(
                expected.log, [(line,) for line in lines], expected.place_of("log"), "log", self.values
            )

    def _that(self) -> Iterator[Failure]:
        written = self.expected.that
        expressions: list[Expression] = written if isinstance(written, list) else [written]
        document = self.document()
        for expression in expressions:
            place = self.expected.place_of("that")
            try:
                value = expression.evaluate_document(document)
            except FlowError as error:
                yield Failure(place, f"`{expression.source}` cannot be told: {error.message}")
                continue
            if not _true(value):
                lines = [f"+ {name} = {shown(document[name])[:300]}" for name in _named(expression, document)]
                yield Failure(place, f"`{expression.source}` is {shown(value)}", lines)

    def document(self) -> dict[str, Any]:
        """What `that` sees."""
        document = self.answered.as_document()
        run = self.run
        if run is not None:
            document["body"] = body_of(run.exchange)
            document["properties"] = run.exchange.properties
            if run.error is not None:
                document["error"] = run.error.as_document()
        document["steps"] = [path for path, *_ in steps_taken(run)]
        document["calls"] = [call.as_document() for call in self.player.trial.mocks.calls]
        document["log"] = [line._asdict() for line in self.player.played.log]
        document["answers"] = [each.as_document() for each in self.player.played.answers if each.status]
        document["row"] = self.values.document["row"]
        return document

    def _differs(self, field: str, message: str, wanted: Any, actual: Any, partly: bool = False) -> Failure:
        if partly:
            actual = _narrowed(wanted, actual)
        return Failure(self.expected.place_of(field), message, difference(wanted, actual))


def _check_beside(player: Player, expected: Expectation | None, place: Place) -> Iterator[Failure]:
    own = {id(answered.run) for answered in player.played.answers if answered.run is not None}
    beside = [run for run in player.trial.recording.runs if id(run) not in own]
    if expected is not None and expected.runs is not None and expected.runs != len(beside):
        lines = [f"+ {run.exchange.run.flow} {run.exchange.run.step}" for run in beside]
        yield Failure(expected.place_of("runs"), f"there were {len(beside)} runs beside, not {expected.runs}", lines)
    failed = [run.error for run in beside if run.error is not None]
    wanted = expected.runs_failed if expected is not None else []
    if len(failed) != len(wanted) or not all(map(lambda code, error: fnmatchcase(error.code, code), wanted, failed)):
        if expected is not None and "runsFailed" in expected.places:
            place = expected.place_of("runsFailed")
        lines = [f"- {code}" for code in wanted] + [f"+ {error.code}: {error.message}" for error in failed]
        yield Failure(place, "runs beside failed otherwise" if wanted else "a run beside failed", lines)


def _ended_well(answered: Answered, place: Place) -> Iterator[Failure]:
    run = answered.run
    if run is not None and run.error is not None:
        at = f" at step {run.error.step}" if run.error.step else ""
        yield Failure(place, f"the run failed{at} with {run.error.code}: {run.error.message}")
    elif run is None:
        yield Failure(place, f"no flow ran: the answer is {answered.status}", [f"+ {answered.text[:300]}"])


def steps_taken(run: RecordedRun | None) -> list[tuple[str, str]]:
    """Path and name of each step that ran, in order."""
    trail = (run.exchange.trail or []) if run is not None else []
    pairs = zip(trail[::2], trail[1::2], strict=True)
    return [(entry.path, entry.name) for entry, at in pairs if isinstance(entry, StepInfo) and at is not None]


def failures_of(run: RecordedRun | None) -> list[StepFailure]:
    """The steps that failed by themselves, handled or not; those around one that failed are left out."""
    found: list[StepFailure] = []
    last: StepFailure | None = None
    fresh = False
    for entry in (run.exchange.trail or [])[::2] if run is not None else []:
        if isinstance(entry, StepFailure):
            if last is None or not _goes_outwards(last, entry, fresh):
                found.append(entry)
            last, fresh = entry, True
        elif isinstance(entry, StepInfo):
            fresh = False
    return found


def _goes_outwards(inner: StepFailure, outer: StepFailure, fresh: bool) -> bool:
    """Whether a step failed with the error of a step inside. `fresh`: no step has begun between the two."""
    same_error = (inner.code, inner.message) == (outer.code, outer.message)
    return same_error and (fresh or inner.step.path.startswith(f"{outer.step.path}."))


def body_of(exchange: Exchange) -> Any:
    """The body at the end; None for one that is not what its type says."""
    try:
        return exchange.body
    except AirdockError:
        return None


def _is(expected: Failed, code: str, names: tuple[str, ...], message: str, values: Exchange) -> bool:
    fits = not expected.code or fnmatchcase(code, expected.code)
    there = not expected.step or expected.step in names
    return fits and there and (expected.message is None or expected.message.text(values) in message)


def _shown_error(expected: Failed, error: FlowError) -> list[str]:
    step = f" at step {error.step}" if error.step else ""
    return [f"- {_text(expected)}", f"+ {error.code}{step}: {error.message}"]


def _text(expected: Failed) -> str:
    at = f" at step {expected.step}" if expected.step else ""
    return f"{expected.code or 'any error'}{at}"


def _failure_text(failure: StepFailure) -> str:
    return f"{failure.code} at step {failure.step.path}: {failure.message}"


def _true(value: Any) -> bool:
    return value is True or (not isinstance(value, bool) and bool(value))


def _named(expression: Expression, document: dict[str, Any]) -> list[str]:
    """The parts of the document that an expression names."""
    return [name for name in document if name in expression.source and name not in ("row", "answers")]


def _narrowed(wanted: Any, actual: Any) -> Any:
    """Of an actual value what is spoken of, so that a difference shows nothing else."""
    if isinstance(wanted, dict) and isinstance(actual, dict):
        return {name: _narrowed(wanted[name], each) for name, each in actual.items() if name in wanted}
    if isinstance(wanted, list) and isinstance(actual, list) and len(wanted) == len(actual):
        return [_narrowed(each, found) for each, found in zip(wanted, actual, strict=True)]
    return actual
