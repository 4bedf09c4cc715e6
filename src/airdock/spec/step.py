"""The declaration of a step: its type, its common fields, and how it becomes a callable."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from copy import copy
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar

from airdock.errors import Place
from airdock.exchange import Exchange
from airdock.exchange import Step as Compiled
from airdock.response import ABSENT
from airdock.spec.clock import Clock, Timer
from airdock.spec.command import Command
from airdock.spec.connection import Connecting, Connection, Link
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import (
    TEXT_TEMPLATE,
    Duration,
    Expression,
    Integer,
    ListOf,
    MapOf,
    Number,
    Record,
    Template,
    Text,
)
from airdock.state import Stores


class Retry(Spec):
    """How often and when a failed step is tried again."""

    attempts: int = field(Integer(1, 1000), "How often the step is tried in all.", default=3)
    delay: float = field(Duration(), "Wait before the second attempt.", default=1.0, unit="s", example="1s")
    backoff: float = field(Number(1), "Each wait is this many times the one before.", default=1.0, example=2)
    max_delay: float = field(Duration(), "No wait is longer.", default=60.0, unit="s", example="60s")
    jitter: float = field(
        Number(0, 1), "Each wait is changed by up to this share, at random.", default=0.0, example=0.15
    )
    on: list[str] = field(
        ListOf(Text()), "Error codes or globs that are tried again; all if left out.", example=["http.5xx"]
    )


class Outside(NamedTuple):
    """What a step reaches outside of Airdock.

    Attributes:
        connection: The name of the connection; empty for none.
        address: The address, or the topic or queue, that a run of the step reaches; None where there is none.
    """

    connection: str = ""
    address: Callable[[Exchange], str] | None = None


class Step(Spec):
    """An element of a flow. Subclasses set `type` and `group`, declare fields and write `compile`.

    The class docstring is the step's page in the reference: a first sentence, then prose.

    Attributes:
        type: The word in the descriptor. group: Its heading in the catalogue.
        produces: The step makes a value; the `result` field names the property that takes it.
        example: A whole step for the reference; made of its fields' examples if left out.
        stateful: It keeps something from one message to the next, under its name.
        waits: How long it takes is decided elsewhere: by a service, or a script.
        opaque: It may read and set any property.
        path: Position in the flow (`"3.welcome.1"`); the reader sets it.
    """

    type: ClassVar[str] = ""
    group: ClassVar[str] = ""
    produces: ClassVar[bool] = False
    example: ClassVar[dict[str, Any] | None] = None
    # What lint goes by.
    stateful: ClassVar[bool] = False
    waits: ClassVar[bool] = False
    opaque: ClassVar[bool] = False

    name: str = field(
        Text(), "Name in logs, records and paths; its position if left out.", default="", example="welcome"
    )
    description: str = field(Text(), "What the step is for.", default="")
    when: Any = field(Expression(), "The step is skipped unless this is true.", example="body.amount > 100")
    properties: dict[str, Any] = field(
        MapOf(Template()),
        "Exchange properties that are set before the step runs.",
        default={},
        example={"tier": "gold"},
    )
    timeout: float | None = field(Duration(), "The step is stopped after this time.", unit="s", example="30s")
    retry: Retry | None = field(Record(Retry), "The step is tried again when it fails.", example={"attempts": 3})
    path: str = ""

    @property
    def presets(self) -> dict[str, Any]:
        """The properties to set before it runs, as templates by name."""
        return self.properties

    @property
    def sets(self) -> tuple[str, ...]:
        """The properties that it sets by itself, whatever `properties` and `result` say; for lint."""
        return ()

    @property
    def repeatable(self) -> bool:
        """Whether it does no more done again than done once, as it is written; for lint."""
        return True

    @property
    def time_limit(self) -> float | None:
        """After how many seconds it is cut off and fails; None where `timeout` means something else, or nothing."""
        return self.timeout

    @property
    def reads_body(self) -> bool:
        """Whether it needs the request's body even where no expression of it names it."""
        return False

    @property
    def reaches(self) -> Outside | None:
        """What it reaches outside of Airdock, by which tests name it that put a mock in its place; None for nothing."""
        return None

    def compile(self, compiler: "Compiler") -> Compiled:
        """The callable that does the step. Common fields are the compiler's business.

        Raises:
            DescriptorError: something that the step names does not exist.
        """
        raise NotImplementedError

    def resumed(self, inside: "Resuming") -> "Step | None":
        """The step as it goes on from one inside it: without what is in front of that, and without its choices.

        None where the steps inside it cannot be entered: it is then begun anew. What it decided (`when`) and set
        (`properties`) is left out by the caller.
        """
        return None

    def resumed_part(self, inside: "Resuming") -> "list[Step]":
        """The steps with which a run goes on that runs what is inside the step (`Compiler.part`); empty where the one
        to go on with is not there."""
        return next((rest for steps in _lists_in(self) if (rest := inside.rest(steps))), [])


def _lists_in(spec: Spec) -> Iterator[list[Step]]:
    """The lists of steps in an element, but for those inside these steps."""
    for value in spec.values().values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Step):
                yield value
                break
            if isinstance(each, Spec):
                yield from _lists_in(each)


class ProducingStep(Step):
    """A step that makes a value."""

    produces = True
    result: str = field(
        Text(), "The exchange property that takes the value; the body if left out.", default="", example="price"
    )

    def store(self) -> Callable[[Exchange, Any], None]:
        """Where the value goes: the body, or the property that `result` names."""
        name = self.result
        if not name:
            return _store_body

        def store_property(exchange: Exchange, value: Any) -> None:
            exchange.properties[name] = value

        return store_property


def _store_body(exchange: Exchange, value: Any) -> None:
    exchange.body = value


class Part(Protocol):
    """Steps that run apart from the run that came to them, each time as a run of its own in the run log."""

    def exchange(self) -> Exchange:
        """The empty exchange of a new run."""

    def copy(self, exchange: Exchange, body: Any = ABSENT) -> Exchange:
        """A copy of an exchange, as `branch_of` makes it, for a new run that knows which one it went out from."""

    async def run(self, exchange: Exchange) -> None:
        """Runs the steps on an exchange of this part, and waits for their end.

        Raises:
            FlowError: a step failed and no handler took it; the run log has it already.
        """

    def start(self, exchange: Exchange) -> "asyncio.Task[None]":
        """Runs the steps beside what calls, which need not wait; the task never raises `FlowError`.

        A server that stops waits for it as it does for requests.
        """


class Compiler(Connecting, Protocol):
    """What a step may ask for while it is compiled.

    Attributes:
        clock: Time. stores: Where state is kept. project: The flow's, empty at the root.
    """

    clock: Clock
    stores: Stores
    project: str

    def space(self, step: Step) -> str:
        """The space of a step's state in the stores: the flow and the step's name, or its path where it has none."""

    def shared_space(self, name: str) -> str:
        """A space that the flows of the project share under a name; a sandbox's are apart."""

    def block(self, steps: list[Step]) -> Compiled:
        """One callable that runs the steps in order on the same exchange."""

    def guarded(self, steps: list[Step]) -> Compiled:
        """The same for steps whose errors go to the step that is compiled before the flow's own handlers see them."""

    def flow(self, flow: Any, guarded: bool = False) -> Compiled:
        """A flow in place (`SubFlow`): sets its properties, runs its steps, one level deeper.

        Args:
            guarded: Its errors go to the step that is compiled first, as those of `guarded` steps do.
        """

    def branch(self, compiled: Compiled) -> Compiled:
        """The same on an exchange of its own: `stop`, and a handler that ends the flow, end the branch alone."""

    def retried(self, compiled: Compiled, retry: Retry) -> Compiled:
        """The same, tried again when it fails."""

    def unhandled(self, compiled: Compiled) -> Compiled:
        """The same, whose errors the flow's own handlers do not take."""

    def part(self, compiled: Compiled, step: Step) -> Part:
        """Steps inside a step that run apart from the run that came to it."""

    def duty(self, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Has a coroutine run in each process that serves, for as long as this version of the flow is enabled.

        It is cancelled at any `await` when that ends, and begun anew a little later if it raises.
        """

    def watch(self, step: Step, state: Callable[[], str]) -> None:
        """Shows operators what state a step is in, by a word, in each process that has this version enabled.

        Args:
            state: Called from any thread, again and again.
        """

    def unnamed(self, connection: Connection) -> Link:
        """What steps use of a type of connections where they name none; the first one of its type is everybody's."""

    def flow_among(self, allow: list[str]) -> Callable[[Any, Exchange], Compiled]:
        """Gives flows that messages name by their path, `"/shop/price.flow"`, to the exchange that is to run them.

        Args:
            allow: Globs of the paths that may be named; those of the flow's own project if empty.

        The callable raises FlowError `flow.path`, `flow.notAllowed` or `flow.missing`, before anything runs; what it
        gives raises `flow.depth`.
        """

    def flow_at(self, path: str, place: Place, begun: Compiled | None = None) -> Compiled:
        """Another flow by its path. It is looked up when it runs, so flows may name each other in any order.

        Args:
            begun: What is left of it, to run in its place.

        Raises:
            DescriptorError: `descriptor.reference`, no such flow in the registry.
        """

    def file(self, path: str, place: Place) -> bytes:
        """What a file of the registry holds, such as a schema; a change of it compiles the flow anew.

        Raises:
            DescriptorError: `descriptor.reference`, there is no such file.
        """

    def command(self, name: str, place: Place) -> Command:
        """A program that the installation allows the flows of this project to run.

        Where nobody has said which there are, as in a check of a folder, it is one whose runs are refused.

        Raises:
            DescriptorError: `descriptor.reference`, it allows none of this name.
        """

    def script(self, language: str, module: str, function: str, step: "ProducingStep") -> Compiled:
        """A script module of `"python"` or `"javascript"`; what it returns goes where the step stores it.

        Raises:
            DescriptorError: `descriptor.reference` or `descriptor.script`.
        """


class Resuming(Protocol):
    """What a step may ask for that goes on from a step inside it."""

    def rest(self, steps: list[Step]) -> list[Step]:
        """Of a list, the step to go on with and those behind it; empty when it is not in the list."""

    def called(self, path: str) -> Compiled:
        """What is left of another flow, which the run had entered.

        Raises:
            RefusedError: `run.notRetriable`, it is not there any more, or its step is not.
        """


Element = TypeVar("Element", bound=Spec)


def changed(element: Element, **attributes: Any) -> Element:
    """A copy with other values of some attributes."""
    copied = copy(element)
    for name, value in attributes.items():
        setattr(copied, name, value)
    return copied


__all__ = [
    "REQUIRED",
    "TEXT_TEMPLATE",
    "Clock",
    "Compiled",
    "Compiler",
    "Outside",
    "Part",
    "ProducingStep",
    "Resuming",
    "Retry",
    "Step",
    "Timer",
    "changed",
]
