"""What `airdock call` prints."""

import base64
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from airdock.cli.change_lines import change_documents, change_lines
from airdock.cli.folder import near_or_some
from airdock.cli.problems import text_lines
from airdock.cli.request import FLOWS, Sent
from airdock.cli.step_lines import step_lines
from airdock.cli.terminal import json_text, paint, printable, say
from airdock.errors import Problem
from airdock.runlog import Masker, StepRecord
from airdock.runlog.records import StepOutcome
from airdock.runlog.steps import steps_of
from airdock.units import format_duration

if TYPE_CHECKING:
    from airdock.agent.agent import Agent
    from airdock.testing import RecordedRun, Result, TracedStep

_KEPT = 500
"""Steps of a run that are shown from its beginning, and from its end."""


def show_text(
    result: "Result",
    agent: "Agent",
    sent: Sent,
    root: Path,
    traced: Sequence["TracedStep"] | None = None,
    beside: Sequence["RecordedRun"] = (),
) -> None:
    """Status, headers and body, then the steps, with what they changed where they were traced; or why no flow ran.

    Behind them come the runs that ran beside.
    """
    say(_status_line(result))
    say(*(paint(f"{name}: {printable(value)}", "dim") for name, value in result.headers.items()), "")
    refused = _refused(agent, sent) if result.run is None else []
    if result.content and not refused:
        say(*_body_lines(result), "")
    if result.run is not None:
        say(*run_lines(result.run, traced))
        for run in beside:
            say("", *run_lines(run))
    elif refused:
        say(*text_lines(refused, root))
    elif result.status == HTTPStatus.NOT_FOUND:
        say(*_near(sent, agent, root))


def show_json(
    result: "Result", traced: Sequence["TracedStep"] | None = None, beside: Sequence["RecordedRun"] = ()
) -> None:
    """One object: `status`, `headers`, `body` (text, or `bodyBase64`), `run` with its steps and its error, and the runs
    `beside` it where there are any.

    Steps that were traced have `changes`.
    """
    try:
        body: dict[str, str] = {"body": result.content.decode()}
    except UnicodeDecodeError:
        body = {"bodyBase64": base64.b64encode(result.content).decode()}
    run = None if result.run is None else _run_document(result.run, traced)
    others = {"beside": [_run_document(each, None) for each in beside]} if beside else {}
    say(json_text({"status": result.status, "headers": result.headers, **body, "run": run, **others}))


def _run_document(run: "RecordedRun", traced: Sequence["TracedStep"] | None) -> dict[str, Any]:
    steps: list[Any] = _steps(run)[0] if traced is None else [_traced_document(run, each) for each in traced]
    error = (
        None
        if run.error is None
        else {name: run.error.as_document()[name] for name in ("code", "message", "status", "step")}
    )
    return {
        "id": run.exchange.run.id,
        "flow": run.exchange.run.flow,
        **({"step": run.exchange.run.step} if run.exchange.run.step else {}),
        "seconds": (run.ended_ns - run.started_ns) / 1e9,
        "steps": steps,
        "error": error,
    }


def _status_line(result: "Result") -> str:
    try:
        phrase = f" {HTTPStatus(result.status).phrase}"
    except ValueError:
        phrase = ""
    took = "" if result.run is None else f" in {format_duration((result.run.ended_ns - result.run.started_ns) / 1e9)}"
    return paint(f"{result.status}{phrase}", "bold", "green" if result.status < 400 else "red") + took


def _body_lines(result: "Result") -> Iterator[str]:
    content_type = str(result.headers.get("content-type", ""))
    try:
        text = result.content.decode()
        if content_type.partition(";")[0].endswith("json"):
            text = msgspec.json.format(text, indent=2)
    except UnicodeDecodeError:
        yield f"({len(result.content):,} bytes of {printable(content_type) or 'no type'}; --body-only prints them)"
        return
    except msgspec.DecodeError:
        pass
    yield from (printable(line) for line in text.rstrip("\n").split("\n"))


def _traced_document(run: "RecordedRun", traced: "TracedStep") -> dict[str, Any]:
    record = _record(run, traced)
    fields = {name: getattr(record, name) for name in record.__struct_fields__}
    return {**fields, "changes": change_documents(traced.changes, Masker())}


def run_lines(run: "RecordedRun", traced: Sequence["TracedStep"] | None = None) -> Iterator[str]:
    """The steps of a run, and the error that ended it."""
    steps, omitted = _steps(run)
    details: list[list[str]] = []
    if traced is not None:
        steps, omitted = [_record(run, each) for each in traced], 0
        details = [list(change_lines(each.changes, Masker())) for each in traced]
    who = run.exchange.run
    flow = printable(f"{who.flow}#{who.step}" if who.step else who.flow)
    yield f"Steps of {paint(flow, 'bold')}:" if steps else f"{flow} took no step."
    yield from step_lines(steps, omitted, details)
    if run.error is not None:
        yield ""
        yield paint(f"Failed with {run.error.code}: {printable(run.error.message)}", "red", "bold")
        line = next((step.line for step in steps if step.path == run.error.step and step.line), 0)
        if run.error.step:
            yield f"  at step {printable(run.error.step)}" + (f", line {line}" if line else "")


def _steps(run: "RecordedRun") -> tuple[list[StepRecord], int]:
    # The person who calls sees the message itself, so its texts are masked as they are in the run log.
    return steps_of(run.exchange.trail or [], run.started_ns, run.ended_ns, masker=Masker(), keep=_KEPT)


def _record(run: "RecordedRun", traced: "TracedStep") -> StepRecord:
    info, error = traced.step, traced.error
    start = None if traced.skipped else (traced.started_ns - run.started_ns) / 1e9
    outcome: StepOutcome = "skipped" if traced.skipped else "ok" if error is None else "failed"
    failure = ("", "") if error is None else (error.code, error.message)
    if traced.cut_off:
        outcome, failure = "failed", ("flow.cancelled", "it was cut off while it ran")
    seconds = 0.0 if traced.skipped else traced.seconds
    return StepRecord(info.path, info.name, info.type, info.line, start, seconds, outcome, *failure)


def _refused(agent: "Agent", sent: Sent) -> list[Problem]:
    """The problems of the flow that would have answered."""
    path = sent.address.partition("?")[0]
    return [problem for each in agent.artefacts if path in each.addresses for problem in each.problems]


def _near(sent: Sent, agent: "Agent", root: Path) -> Iterator[str]:
    """Which addresses there are."""
    addresses = [address.removeprefix(FLOWS) for each in agent.artefacts for address in each.addresses]
    path = sent.address.partition("?")[0].removeprefix(FLOWS)
    yield near_or_some(path, addresses) or f"There are no flows in {root.absolute()}."
