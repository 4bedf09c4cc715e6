"""The rest of a flow: its declaration from the step on at which a run is to go on."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from airdock.errors import RefusedError
from airdock.spec.fields import Spec
from airdock.spec.flow import Flow
from airdock.spec.step import Compiled, Step, changed

Enter = Callable[[str, Sequence[str]], Compiled]
"""Makes what is left of another flow, which has the path, from these steps on."""


def resume(flow: Flow, steps: Sequence[str], enter: Enter) -> Flow:
    """A flow that begins where a run of `flow` failed.

    What the run had done is not done again: its `input` is not looked at, properties of flows that it had entered are
    not set, conditions are not asked. The failed step is begun anew with all of its own fields, as its `retry` does.
    Steps keep their paths. `timeout` counts anew.

    Args:
        flow: The declaration, in the version that is to run.
        steps: Paths of the step that failed and of those around it, the outermost first.
        enter: Called for each other flow that the run had entered.

    Raises:
        RefusedError: `run.notRetriable`, the flow has no such step.
    """
    rest = _Rest(flow, steps, enter).rest(flow.steps)
    if not rest:
        raise _missing(flow, steps[0])
    return changed(flow, steps=rest, properties={}, input=None)


def resume_part(flow: Flow, part: str, steps: Sequence[str], enter: Enter) -> Flow:
    """The same for a run of what is inside a step: it goes on in there, and not with the steps behind that one.

    Args:
        part: Path of the step. steps: As above, inside it.

    Raises:
        RefusedError: `run.notRetriable`, the flow has no such step.
    """
    step = next((each for each in _steps_in(flow) if each.path == part), None)
    if step is None:
        raise _missing(flow, part)
    rest = step.resumed_part(_Rest(flow, steps, enter))
    if not rest:
        raise _missing(flow, steps[0])
    return changed(flow, steps=rest, properties={}, input=None, output=None, timeout=None)


class _Rest:
    """What a step that holds the one to go on with may ask for."""

    def __init__(self, flow: Flow, steps: Sequence[str], enter: Enter) -> None:
        self._flow = flow
        self._steps = steps
        self._enter = enter

    def rest(self, steps: list[Step]) -> list[Step]:
        for position, step in enumerate(steps):
            if step.path == self._steps[0]:
                return [self._entered(step), *steps[position + 1 :]]
        return []

    def called(self, path: str) -> Compiled:
        return self._enter(path, self._steps)

    def _entered(self, step: Step) -> Step:
        inside = self._steps[1:]
        if not inside:
            return step
        resumed = step.resumed(_Rest(self._flow, inside, self._enter))
        if resumed is not None:
            return changed(resumed, when=None, properties={})
        if not any(each.path == inside[0] for each in _steps_in(step)):
            raise _missing(self._flow, inside[0])
        return step


def _missing(flow: Flow, path: str) -> RefusedError:
    name = flow.file or flow.name
    return RefusedError("run.notRetriable", f"the step {path!r}, where the run stood, is not in this version of {name}")


def _steps_in(value: Any) -> Iterator[Step]:
    """Every step inside a step."""
    for each in value.values().values() if isinstance(value, Spec) else value:
        if isinstance(each, Step):
            yield each
        if isinstance(each, Spec | list):
            yield from _steps_in(each)
