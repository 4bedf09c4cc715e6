"""Mocks: what stands in for flows, scripts, steps and connections, and notes what it was called with."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from airdock.descriptor.reader import Reader
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import render_text
from airdock.spec.catalogue import Catalogue
from airdock.spec.flow_test.mock import Mock as MockSpec
from airdock.spec.flow_test.mock import Reply, Target
from airdock.spec.step import Clock, Compiled, Outside, ProducingStep, Step
from airdock.testing.calls import Call, input_of

MOST_CALLS = 10_000
"""So many calls are kept."""

Note = Callable[[Exchange], Call]
Store = Callable[[Exchange, Any], None]


class Mock:
    """A mock at work: it has replies for the calls that it takes.

    Attributes:
        spec: Its declaration. found: Something that it stands in for has been compiled.
    """

    def __init__(self, spec: MockSpec) -> None:
        self.spec = spec
        self.found = False
        self._replies = spec.replies or [spec.reply or Reply()]
        self._calls = 0

    @property
    def needs_real(self) -> bool:
        """Whether what it stands in for is needed."""
        return any(reply.real for reply in self._replies)

    def takes(self, exchange: Exchange) -> bool:
        return self.spec.when is None or bool(self.spec.when.test(exchange))

    def reply(self) -> Reply:
        """The one for the next call."""
        reply = self._replies[min(self._calls, len(self._replies) - 1)]
        self._calls += 1
        return reply


class Mocks:
    """All mocks of a test, and the first calls that were made: what a flow's compiler asks (`Runtime.advice`)."""

    def __init__(self, mocks: Iterable[MockSpec], clock: Clock, watched: Iterable[Target] = ()) -> None:
        """`watched` names steps whose calls are noted though no mock stands in for them."""
        self.mocks = [Mock(spec) for spec in mocks]
        self.calls: list[Call] = []
        self.step_names: set[str] = set()
        self._clock = clock
        self._watched = [target for target in watched if target.step or target.connection or target.address]

    def step(self, flow: str, step: Step, make: Callable[[], Compiled]) -> Compiled:
        self.step_names.update(name for name in (step.name, step.path) if name)
        outside = step.reaches
        fitting = list(self._fitting(flow, step, outside))
        watched = any(self._names(target, flow, step, outside) for target in self._watched)
        if not (fitting or watched):
            return make()

        def note(exchange: Exchange) -> Call:
            return Call(
                "step",
                step.path,
                exchange,
                step_name=step.name,
                flow=flow,
                input=input_of(step, exchange),
                connection=outside.connection if outside else "",
                address=_address(outside, exchange),
            )

        store = step.store() if isinstance(step, ProducingStep) else _store_body
        return self._standing(fitting, note, make, store)

    def block(self, flow: str, steps: list[Step], compiled: Compiled) -> Compiled:
        return compiled

    def flow(self, flow: str, compiled: Compiled) -> Compiled:
        fitting = [mock for mock in self.mocks if mock.spec.flow == flow]
        return self._standing(fitting, lambda exchange: Call("flow", flow, exchange), lambda: compiled, _store_body)

    def script(
        self, flow: str, module: str, function: str, step: ProducingStep, make: Callable[[], Compiled]
    ) -> Compiled:
        fitting = [mock for mock in self.mocks if mock.spec.script == module and mock.spec.function in ("", function)]

        def note(exchange: Exchange) -> Call:
            return Call("script", module, exchange, function=function)

        return self._standing(fitting, note, make, step.store())

    def _fitting(self, flow: str, step: Step, outside: Outside | None) -> Iterator[Mock]:
        return (mock for mock in self.mocks if self._names(mock.spec, flow, step, outside))

    def _names(self, target: Target, flow: str, step: Step, outside: Outside | None) -> bool:
        """Whether a target may be the step; an address is known only when it runs."""
        if target.step:
            return target.step in (step.name, step.path) and target.in_ in ("", flow)
        if outside is None:
            return False
        by_name = bool(target.connection) and is_connection(target.connection, outside.connection)
        return by_name or (bool(target.address) and outside.address is not None)

    def _standing(self, mocks: list[Mock], note: Note, make: Callable[[], Compiled], store: Store) -> Compiled:
        """What notes each call, then does what a mock says; without mocks, what is really called."""
        for mock in mocks:
            mock.found = True
        wanted = not mocks or any(mock.needs_real for mock in mocks) or any(mock.spec.address for mock in mocks)
        real = make() if wanted else None

        def call(exchange: Exchange) -> Awaitable[None] | None:
            noted = note(exchange)
            if len(self.calls) < MOST_CALLS:
                self.calls.append(noted)
            asked = [mock for mock in mocks if _reached(mock.spec, noted)]
            if not asked and real is not None:
                return real(exchange)
            mock = next((mock for mock in asked if mock.takes(exchange)), None)
            if mock is None:
                raise FlowError(
                    "test.unexpectedCall", f"no mock of {noted.name!r} takes this call: its `when` is false"
                )
            reply = mock.reply()
            if reply.delay:
                return self._later(reply, real, exchange, store, noted)
            return _given(reply, real, exchange, store, noted)

        return call

    async def _later(self, reply: Reply, real: Compiled | None, exchange: Exchange, store: Store, noted: Call) -> None:
        await self._clock.sleep(reply.delay or 0.0)
        pending = _given(reply, real, exchange, store, noted)
        if pending is not None:
            await pending


def read_mocks(mocks: Sequence[Mapping[str, Any]]) -> list[MockSpec]:
    """Mocks that are written in Python, as a flow test has them.

    Raises:
        DescriptorError: one is not written as it must be.
    """
    if not mocks:
        return []
    content = msgspec.json.encode({"mocks": mocks, "cases": [{"name": "none"}]})
    read: list[MockSpec] = Reader(Catalogue(())).read("test", content, "mocks").mocks
    return read


def is_call_of(target: Target, call: Call) -> bool:
    """Whether a call is one of what a target names."""
    if target.flow or target.script:
        names = call.kind in ("flow", "script") and call.name == (target.flow or target.script)
        return names and target.function in ("", call.function)
    if call.kind != "step":
        return False
    if target.step:
        return target.step in (call.name, call.step_name) and target.in_ in ("", call.flow)
    return _reached(target, call) and bool(target.address or is_connection(target.connection, call.connection))


def is_connection(name: str, path: str) -> bool:
    """Whether a name in a test means the connection at a registry path: by its whole path, or its file's name alone."""
    path = path.removesuffix(".connection")
    return bool(path) and name.removeprefix("/").removesuffix(".connection") in (path, path.rpartition("/")[2])


def _reached(target: Target, call: Call) -> bool:
    return not target.address or fnmatchcase(call.address, target.address)


def _address(outside: Outside | None, exchange: Exchange) -> str:
    return outside.address(exchange) if outside is not None and outside.address is not None else ""


def _given(
    reply: Reply, real: Compiled | None, exchange: Exchange, store: Store, noted: Call
) -> Awaitable[None] | None:
    if reply.real and real is not None:
        return real(exchange)
    if reply.error is not None:
        noted.error = reply.error.code
        message = reply.error.message.text(exchange) if reply.error.message else "a mock answered so"
        raise FlowError(reply.error.code, message, status=reply.error.status, details=dict(reply.error.details))
    for name, value in reply.properties.items():
        exchange.properties[name] = value.evaluate(exchange)
    for name, value in reply.headers.items():
        exchange.headers[name.lower()] = value.evaluate(exchange)
    if reply.output is not None:
        exchange.response.parts.append(render_text(reply.output.evaluate(exchange)))
    if reply.status is not None:
        exchange.response.status = int(reply.status.evaluate(exchange))
    if reply.body is not None:
        store(exchange, reply.body.evaluate(exchange))
    return None


def _store_body(exchange: Exchange, value: Any) -> None:
    exchange.body = value
