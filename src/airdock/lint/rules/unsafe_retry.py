"""Retries of what shows twice when it is done twice."""

from collections.abc import Iterator

from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject
from airdock.lint.walking import inner_blocks
from airdock.spec.step import Step
from airdock.steps.output import Output
from airdock.steps.wire_tap import WireTap

CODE = "lint.unsafeRetry"
_OFTEN = ("loop", "multicast", "recipientList", "scatterGather", "split")
"""Types of steps that run what is inside them several times, or several blocks: another one may fail."""
_WHOLE = (Output, WireTap)
"""Steps that have done nothing where they fail."""
_GUARDS = ("idempotent",)
"""Types of steps that see to it that what is inside them is done once."""


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    for step in subject.steps:
        if step.retry is None:
            continue
        may_be_done = not step.repeatable and not isinstance(step, _WHOLE)
        again = step if may_be_done else _Repeated(landscape).within(step)
        if again is step:
            yield Finding(f"`retry` may do `{step.type}` twice", step.place_of("retry"))
        elif again is not None:
            where = f" of line {again.place.line}" if again.place.file == subject.file else f" of {again.place.file}"
            message = f"`retry` does the `{again.type}`{where} again when a step behind it fails"
            yield Finding(message, step.place_of("retry"))


class _Repeated:
    """Looks for a step that is done again, in flows that are called too."""

    def __init__(self, landscape: Landscape) -> None:
        self._landscape = landscape
        self._seen: set[str] = set()

    def within(self, step: Step) -> Step | None:
        """A step inside one that is tried again, which was done when another step fails."""
        for block in self._blocks(step):
            found = self._first(block) if step.type in _OFTEN else self._before_others(block)
            if found is not None:
                return found
        return None

    def _before_others(self, block: list[Step]) -> Step | None:
        for place, step in enumerate(block):
            behind = place < len(block) - 1
            found = self._first([step]) if behind else self.within(step)
            if found is not None:
                return found
        return None

    def _first(self, block: list[Step]) -> Step | None:
        """The first step, at any depth, that shows twice."""
        for step in block:
            if step.type in _GUARDS:
                continue
            if not step.repeatable:
                return step
            for inner in self._blocks(step):
                found = self._first(inner)
                if found is not None:
                    return found
        return None

    def _blocks(self, step: Step) -> Iterator[list[Step]]:
        if step.type in _GUARDS:
            return
        yield from inner_blocks(step)
        path = getattr(step, "module", "")
        flow = self._landscape.models.get(path) if isinstance(path, str) and path.endswith(".flow") else None
        if flow is not None and path not in self._seen:
            self._seen.add(path)
            yield flow.steps
