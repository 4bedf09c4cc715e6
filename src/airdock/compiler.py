"""The compiler: a flow's model becomes a pipeline. Everything is looked up here, once, and nothing while flows run."""

from collections.abc import Callable
from typing import Any, Protocol

from airdock.connectors.finder import LinkFinder
from airdock.connectors.hub.names import space_of
from airdock.engine.background import Duty
from airdock.engine.block import Entry, compile_block
from airdock.engine.branches import branch_step
from airdock.engine.commands import command_among
from airdock.engine.common import (
    property_setter,
    with_body,
    with_properties,
    with_timeout,
    with_when,
)
from airdock.engine.delivering import delivering
from airdock.engine.flow import belongs, flow_body, flow_call, flows_among
from airdock.engine.moment import Present
from airdock.engine.observing import observed
from airdock.engine.part import FlowPart
from airdock.engine.pipeline import FlowLog, Pipeline
from airdock.engine.recovery import Handler, Recovery, unhandled_by
from airdock.engine.retry import retry_policy, with_retry
from airdock.engine.runtime import Runtime
from airdock.engine.validation import output_check, with_input
from airdock.errors import DescriptorError, Place, Problem
from airdock.exchange import Exchange, StepInfo
from airdock.expressions import Expression, Template
from airdock.spec.command import Command
from airdock.spec.connection import Connection, Link
from airdock.spec.error_filter import ErrorFilter
from airdock.spec.fields import Spec
from airdock.spec.flow import ErrorHandler, Flow, SubFlow
from airdock.spec.step import Compiled, Part, ProducingStep, Retry, Step

BODY_PARTS = frozenset(("body", "request.form"))


class Surroundings(Protocol):
    """What a flow's compiler finds around it: the other flows and the scripts of the registry."""

    def has_flow(self, path: str) -> bool:
        """Whether a descriptor stands at `project/file.flow`, enabled or not."""

    def flow_key(self, path: str) -> str:
        """Under which key `Exchange.flows` has the flow that stands there."""

    def meant(self, path: str) -> str:
        """What an author meant who named a path that is not there; may be empty."""

    def connection(self, path: str) -> Connection | None:
        """The connection that stands at `project/crm.connection`; None when there is none."""

    def file(self, path: str) -> bytes | None:
        """What a file that is no descriptor holds; None when there is none."""

    def script(self, language: str, module: str, function: str, step: ProducingStep) -> Compiled:
        """A script module of `"python"` or `"javascript"`; raises DescriptorError."""


def compile_flow(
    flow: Flow,
    project: str,
    surroundings: Surroundings,
    *,
    log: FlowLog | None = None,
    config: dict[str, Any] | None = None,
    project_handlers: list[ErrorHandler] | None = None,
    runtime: Runtime | None = None,
    present: Present | None = None,
) -> Pipeline:
    """Compiles a flow.

    Args:
        flow: Its declaration, as read.
        project: Its project, empty at the root.
        surroundings: The other flows and scripts.
        log: Where its runs are recorded.
        config: The project's settings, for expressions.
        project_handlers: The project's `onError`, asked after the flow's own.
        runtime: What it uses of its process; real time and stores of its own if left out.
        present: What runs take along when they begin.

    Raises:
        DescriptorError: with everything that the flow names and that does not exist.
    """
    compiler = FlowCompiler(flow.file or flow.name, project, surroundings, runtime or Runtime())
    handlers = [*flow.on_error, *(project_handlers or [])]
    body = compiler.whole(flow, handlers)
    if compiler.problems:
        raise DescriptorError(compiler.problems)
    run = body
    if flow.timeout is not None:
        run = with_timeout(run, flow.timeout, "flow.timeout", f"the flow ran longer than {flow.timeout:g} s")
    if flow.input is not None:
        run = with_body(with_input(run, flow.input))
    if flow.events is not None:
        run = delivering(run)
    if flow.streaming is not None and flow.streaming.topic is not None:
        # It is started soon, and not only when somebody reads the topic.
        compiler.hub()
    check = output_check(flow.output) if flow.output is not None else None
    advice = compiler.advice
    called = body if advice is None else advice.flow(flow.file or flow.name, body)
    pipeline = Pipeline(
        flow,
        project,
        called,
        run,
        check=check,
        log=log,
        config=config,
        present=present,
        duties=compiler.duties,
        states=compiler.states,
    )
    for part, inside in compiler.parts:
        part.pipeline = pipeline.part(inside)
    return pipeline


class FlowCompiler(LinkFinder):
    """Compiles the steps of one flow; what steps see as `Compiler`."""

    def __init__(self, name: str, project: str, surroundings: Surroundings, runtime: Runtime) -> None:
        """`name`: of the flow, `project/file.flow`."""
        super().__init__(runtime.links, surroundings)
        self.project = project
        self.clock = runtime.clock
        self.stores = runtime.stores
        self.advice = runtime.advice
        self.problems: list[Problem] = []
        self.parts: list[tuple[FlowPart, Compiled]] = []
        self.duties: list[Duty] = []
        self.states: dict[str, Callable[[], str]] = {}
        self._name = name
        self._background = runtime.background
        self._observer = runtime.observer
        self._surroundings = surroundings
        self._recovery: Recovery | None = None

    def whole(self, flow: Flow, handlers: list[ErrorHandler]) -> Compiled:
        """The flow with its handlers, as a run or another flow calls it."""
        compiled: tuple[Handler, ...] = ()
        recovery = Recovery(lambda: compiled) if handlers else None
        self._recovery = recovery
        block = self.block(flow.steps)
        self._recovery = None
        compiled = tuple(self._handler(handler) for handler in handlers)
        return self._flow(flow.properties, block, recovery)

    def block(self, steps: list[Step]) -> Compiled:
        entries = [Entry(_info(step), self._step(step)) for step in steps]
        block = compile_block(entries, self._recovery)
        return block if self.advice is None else self.advice.block(self._name, steps, block)

    def guarded(self, steps: list[Step]) -> Compiled:
        recovery, self._recovery = self._recovery, None
        try:
            return self.block(steps)
        finally:
            self._recovery = recovery

    def flow(self, flow: SubFlow, guarded: bool = False) -> Compiled:
        return self._flow(flow.properties, (self.guarded if guarded else self.block)(flow.steps), None)

    def flow_at(self, path: str, place: Place, begun: Compiled | None = None) -> Compiled:
        if not self._surroundings.has_flow(path):
            hint = self._surroundings.meant(path)
            raise DescriptorError([Problem("descriptor.reference", f"there is no flow {path!r}", place, hint)])
        return flow_call(path, self._surroundings.flow_key(path), begun)

    def flow_among(self, allow: list[str]) -> Callable[[Any, Exchange], Compiled]:
        owner = self._name.partition("/")[0] if self._name.startswith("~") else ""

        def keys(path: str) -> tuple[str, ...]:
            # In a sandbox its own project hides the published one, also where it lacks a flow.
            own = (f"{owner}/{path}",) if owner else ()
            return own if owner and belongs(path, self.project) else (*own, path)

        return flows_among(allow, self.project, keys)

    def branch(self, compiled: Compiled) -> Compiled:
        return branch_step(compiled)

    def retried(self, compiled: Compiled, retry: Retry) -> Compiled:
        return with_retry(compiled, retry_policy(retry, self.clock))

    def unhandled(self, compiled: Compiled) -> Compiled:
        return unhandled_by(self._recovery, compiled)

    def part(self, compiled: Compiled, step: Step) -> Part:
        part = FlowPart(step.path, self._background)
        self.parts.append((part, branch_step(compiled)))
        return part

    def duty(self, run: Duty) -> None:
        self.duties.append(run)

    def watch(self, step: Step, state: Callable[[], str]) -> None:
        self.states[step.name or step.path] = state

    def space(self, step: Step) -> str:
        return f"{self._name}#{step.name or step.path}"

    def shared_space(self, name: str) -> str:
        owner = self._name.partition("/")[0] + "/" if self._name.startswith("~") else ""
        # No flow has this address.
        return f"{owner}{self.project}/#{name}"

    def hub(self) -> Link:
        return self._links.hub_link(space_of(self._name))

    def command(self, name: str, place: Place) -> Command:
        return command_among(self._links, name, self.project, place)

    def file(self, path: str, place: Place) -> bytes:
        content = self._surroundings.file(path)
        if content is None:
            hint = self._surroundings.meant(path)
            raise DescriptorError([Problem("descriptor.reference", f"there is no file {path!r}", place, hint)])
        return content

    def script(self, language: str, module: str, function: str, step: ProducingStep) -> Compiled:
        def load() -> Compiled:
            return self._surroundings.script(language, module, function, step)

        return load() if self.advice is None else self.advice.script(self._name, module, function, step, load)

    def _flow(self, properties: dict[str, Template], block: Compiled, recovery: Recovery | None) -> Compiled:
        body = flow_body(block, property_setter(properties), recovery)
        return with_body(body) if _needs(properties) & BODY_PARTS else body

    def _step(self, step: Step) -> Compiled:
        """The step inside its common fields. What it cannot find is noted, so that all problems are told at once."""
        try:
            compiled = self._own(step)
        except DescriptorError as error:
            self.problems.extend(error.problems)
            return _nothing
        return self._common(step, compiled)

    def _own(self, step: Step) -> Compiled:
        if self.advice is None:
            return step.compile(self)
        return self.advice.step(self._name, step, lambda: step.compile(self))

    def _common(self, step: Step, compiled: Compiled) -> Compiled:
        set_properties = property_setter(step.presets)
        if set_properties is not None:
            compiled = with_properties(compiled, set_properties)
        if step.reads_body or _needs(step.values(), but="when") & BODY_PARTS:
            compiled = with_body(compiled)
        limit = step.time_limit
        if limit is not None:
            compiled = with_timeout(compiled, limit, "step.timeout", f"the step ran longer than {limit:g} s")
        if step.retry is not None:
            compiled = with_retry(compiled, retry_policy(step.retry, self.clock))
        if step.when is not None:
            compiled = with_when(compiled, step.when)
            if step.when.needs & BODY_PARTS:
                compiled = with_body(compiled)
        return compiled if self._observer is None else observed(compiled, _info(step), self._observer)

    def _handler(self, handler: ErrorHandler) -> Handler:
        errors = ErrorFilter(tuple(handler.on or ()), handler.when)
        retry = retry_policy(handler.retry, self.clock) if handler.retry is not None else None
        return Handler(errors, retry, self.block(handler.steps), handler.handled, handler.continue_)


def _info(step: Step) -> StepInfo:
    return StepInfo(step.path, step.name or step.path.rpartition(".")[2], step.type, step.place.line, step.place.file)


def _needs(value: Any, but: str = "") -> frozenset[str]:
    """The parts of the document that the expressions in a value need; those of nested steps are their own business."""
    if isinstance(value, Expression | Template):
        return value.needs
    if isinstance(value, Step | SubFlow):
        return frozenset()
    if isinstance(value, Spec):
        value = value.values()
    if isinstance(value, dict):
        return frozenset().union(*(_needs(item) for name, item in value.items() if name != but))
    if isinstance(value, list):
        return frozenset().union(*(_needs(item) for item in value))
    return frozenset()


def _nothing(exchange: Exchange) -> None:
    """Stands for a step that did not compile; never runs, as the flow is refused."""
