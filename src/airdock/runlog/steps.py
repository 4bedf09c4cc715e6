"""From the trail of a run to the steps that it took."""

from typing import Any

from airdock.exchange import BranchEnd, StepFailure, StepInfo
from airdock.runlog.masking import Masker
from airdock.runlog.preview import short_text
from airdock.runlog.records import StepRecord

LONGEST_MESSAGE = 2000


class _Taken:
    """A step of the trail; `end` is known once something behind it has been read."""

    __slots__ = ("end", "failure", "info", "start")

    def __init__(self, info: StepInfo, start: int | None) -> None:
        self.info = info
        self.start = start
        self.end = start
        self.failure: StepFailure | None = None


class _Reader:
    """Reads a trail from its beginning. Open steps are a chain: each is inside the one before it."""

    def __init__(self) -> None:
        self.taken: list[_Taken] = []
        self._open: list[_Taken] = []
        self._ended: list[_Taken] = []
        self._unfailed: dict[str, list[_Taken]] = {}

    def read(self, entry: StepInfo | StepFailure | BranchEnd, at: int | None) -> None:
        if isinstance(entry, BranchEnd):
            self._leave(entry.path, True)
            if at is not None:
                self._end_at(at)
            return
        failure = entry if isinstance(entry, StepFailure) else None
        info = entry if isinstance(entry, StepInfo) else entry.step
        self._leave(info.path, failure is not None)
        if at is not None:
            self._end_at(at)
        if failure is not None:
            self._fail(failure, at)
        else:
            self._begin(info, at)

    def finish(self, at: int) -> None:
        self._ended += self._open
        self._end_at(at)

    def _leave(self, path: str, failed: bool) -> None:
        opened = self._open
        while opened:
            last = opened[-1].info.path
            if path.startswith(last) and (path[len(last) : len(last) + 1] == "." or (failed and path == last)):
                return
            self._ended.append(opened.pop())

    def _end_at(self, at: int) -> None:
        """A skipped step says that the ones before it have ended, but not when: that is the next time known."""
        for step in self._ended:
            # The steps of a branch may have begun after the next branch's, which ran beside it.
            step.end = at if step.start is None else max(at, step.start)
        self._ended.clear()

    def _begin(self, info: StepInfo, at: int | None) -> None:
        step = _Taken(info, at)
        self.taken.append(step)
        if at is not None:
            self._open.append(step)
            self._unfailed.setdefault(info.path, []).append(step)

    def _fail(self, failure: StepFailure, at: int | None) -> None:
        """Marks the last step of that path that had not failed; a step can fail before its start is noted, too."""
        started = self._unfailed.get(failure.step.path)
        if started:
            step = started.pop()
        else:
            step = _Taken(failure.step, at)
            self.taken.append(step)
        step.failure = failure
        step.end = at
        if self._open and self._open[-1] is step:
            self._open.pop()


def steps_of(
    trail: list[Any], started: int, ended: int, *, masker: Masker, keep: int, length: int | None = None
) -> tuple[list[StepRecord], int]:
    """The steps of a trail in the order in which they began, and how many were left out in the middle.

    Args:
        trail: As `Exchange.trail`. length: how much of it to read, as it may still grow.
        started, ended: Of the run, in ns of the clock that the trail was made with.
        keep: So many of the first steps are kept, and so many of the last.
    """
    reader = _Reader()
    size = len(trail) if length is None else length
    for index in range(0, size - 1, 2):
        reader.read(trail[index], trail[index + 1])
    reader.finish(ended)
    taken = reader.taken
    omitted = max(len(taken) - 2 * keep, 0)
    if omitted:
        taken = taken[:keep] + taken[len(taken) - keep :]
    return [_record(step, started, masker) for step in taken], omitted


def _record(step: _Taken, started: int, masker: Masker) -> StepRecord:
    info, failure = step.info, step.failure
    start = None if step.start is None else (step.start - started) / 1e9
    seconds = 0.0 if step.start is None or step.end is None else (step.end - step.start) / 1e9
    if failure is None:
        outcome = "ok" if start is not None else "skipped"
        return StepRecord(info.path, info.name, info.type, info.line, start, seconds, outcome)  # type: ignore[arg-type]
    message = short_text(masker, failure.message, LONGEST_MESSAGE)
    return StepRecord(info.path, info.name, info.type, info.line, start, seconds, "failed", failure.code, message)
