from collections.abc import Awaitable
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Choice, Duration, Integer, Size, Text
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Clock, Compiled, Compiler, Step
from airdock.state import StateStore
from airdock.steps.common.at_once import Waiting, at_once
from airdock.steps.common.correlation import naming
from airdock.steps.keeping.luggage import STACK, Selection, rules_of
from airdock.steps.keeping.room import Bound, Room

_KEYED = ("set", "get", "getAndRemove")


class ClaimCheck(Step):
    """Puts a message aside and takes it back later: Camel's claim check.

    `set` puts the message aside under a `key`, and `get` or `getAndRemove` puts what was put aside back into the
    message; of several that `getAndRemove` at once, one gets it. They share what is put aside with all flows of the
    project, and with all processes and nodes in the durable store. A key under which nothing is kept leaves the message
    as it is, unless `whenMissing` is `fail`.

    `push` and `pop` need no key: they are a stack of the message's own, in its property `claimCheck`, so branches have
    a stack each. `pop` of an empty stack leaves the message as it is.

    `filter` says what of the message is put aside, or taken back: rules with commas between them, which are `body`,
    `headers`, `header:x-*`, `properties` and `property:name`, with globs of names. A rule with `-` in front leaves
    something out. With `--`, when a message is taken back, it is removed from the message. Body and headers are
    meant where no rule says what.

    A message that takes more than `maxSize` bytes is not put aside, which is an error `claimCheck.content`. What nobody
    takes back is forgotten after `ttl`.
    """

    type = "claimCheck"
    group = "reliability"
    opaque = True
    example = {"type": "claimCheck", "operation": "set", "key": "${body.id}", "ttl": "1h"}

    operation: str = field(Choice((*_KEYED, "push", "pop")), "What is done.", default=REQUIRED)
    key: Template | None = field(
        TemplateKind(),
        "Under what the message is kept, for `set`, `get` and `getAndRemove`. One that is missing or empty is an error"
        " `claimCheck.key`.",
        example="${body.id}",
    )
    filter: str = field(Text(), "What of the message is meant.", default="", example="body,header:x-*,-header:x-trace")
    when_missing: str = field(
        Choice(("ignore", "fail")),
        "What happens where nothing is kept: nothing, or the step fails with `claimCheck.missing`.",
        default="ignore",
    )
    repository: str = field(
        Text(r".+", "a name"), "Where else than others of the project it keeps messages.", default="", example="large"
    )
    ttl: float = field(Duration(), "How long a message is kept.", default=86400.0, unit="s", example="1h")
    max_size: int = field(Size(), "So many bytes a message may take.", default=1024**2, unit="bytes", example="10MB")
    max_depth: int = field(
        Integer(1, 1000),
        "So many messages may be on the stack; `push` of one more fails with `claimCheck.full`.",
        default=16,
    )
    store: str = field(Choice(("durable", "memory")), "Where messages are kept.", default="durable")
    max_entries: int = field(Integer(1, 10_000_000), "So many are kept in memory.", default=1000)
    when_full: str = field(
        Choice(("reject", "dropOldest")),
        "What happens for one more: `set` fails with `claimCheck.full`, or the oldest is forgotten.",
        default="reject",
    )

    @property
    def reads_body(self) -> bool:
        return True

    def compile(self, compiler: Compiler) -> Compiled:
        selection = Selection(rules_of(self.filter))
        if self.operation == "push":
            return _pushing(selection, self.max_size, self.max_depth)
        if self.operation == "pop":
            return _popping(selection, missing_is_error=self.when_missing == "fail")
        return _Counter(self, compiler, selection).run

    @classmethod
    def check(cls, element: "ClaimCheck") -> list[tuple[str, str]]:
        keyed, puts = element.operation in _KEYED, element.operation in ("set", "push")
        problems = []
        if keyed and element.key is None:
            problems.append(("", f"`{element.operation}` needs a `key`"))
        if not keyed and element.key is not None:
            problems.append(("key", f"`{element.operation}` has no key: it works on the message's own stack"))
        if element.ttl <= 0:
            problems.append(("ttl", "a message that is not kept cannot be taken back: give a time"))
        try:
            if any(rule.sign == "--" for rule in rules_of(element.filter)) and puts:
                problems.append(
                    ("filter", "`--` removes something when a message is taken back: use `-` to leave it out")
                )
        except ValueError as error:
            problems.append(("filter", str(error)))
        return problems


class _Counter:
    """Where messages are kept under keys."""

    def __init__(self, step: ClaimCheck, compiler: Compiler, selection: Selection) -> None:
        assert step.key is not None  # noqa: S101 -- checked above
        in_memory = step.store == "memory"
        self._store: StateStore = compiler.stores.memory if in_memory else compiler.stores.durable
        self._space = compiler.shared_space(f"claimCheck/{step.repository}")
        bound = Bound(step.max_entries, step.when_full, "claimCheck.full")
        self._room = Room(self._store, self._space, bound) if in_memory else None
        self._clock: Clock = compiler.clock
        self._key = naming(step.key, "claimCheck.key")
        self._selection = selection
        self._step = step
        self._do: Any = {"set": self._set, "get": self._get, "getAndRemove": self._get_and_remove}[step.operation]

    def run(self, exchange: Exchange) -> Awaitable[None] | None:
        done: Waiting[None] | None = at_once(self._do(exchange, self._key(exchange)))
        return done

    async def _set(self, exchange: Exchange, key: str) -> None:
        packed = self._selection.packed(exchange, self._step.max_size)
        now = self._clock.now()
        expires = now + self._step.ttl
        if self._room is None:
            await self._store.put(self._space, key, packed, expires)
        elif await self._store.add(self._space, key, packed, now, expires):
            await self._make_room(self._room, key, now)
        else:
            await self._store.put(self._space, key, packed, expires)

    async def _make_room(self, room: Room, key: str, now: float) -> None:
        if room.left > 0:
            room.left -= 1
            return
        try:
            await room.check(now)
        except FlowError:
            await self._store.remove(self._space, key)
            raise

    async def _get(self, exchange: Exchange, key: str) -> None:
        entry = await self._store.get(self._space, key, self._clock.now())
        self._put_back(exchange, None if entry is None else entry.value)

    async def _get_and_remove(self, exchange: Exchange, key: str) -> None:
        while True:
            entry = await self._store.get(self._space, key, self._clock.now())
            if entry is None or await self._store.remove(self._space, key, entry.revision):
                break
        self._put_back(exchange, None if entry is None else entry.value)

    def _put_back(self, exchange: Exchange, packed: bytes | None) -> None:
        if packed is not None:
            self._selection.put_back(exchange, packed)
        elif self._step.when_missing == "fail":
            raise FlowError("claimCheck.missing", "nothing is kept under the key")


def _pushing(selection: Selection, largest: int, deepest: int) -> Compiled:
    def push(exchange: Exchange) -> None:
        stack = _stack(exchange)
        if len(stack) >= deepest:
            raise FlowError("claimCheck.full", f"{deepest} messages are on the stack already")
        exchange.properties[STACK] = [*stack, selection.packed(exchange, largest)]

    return push


def _popping(selection: Selection, *, missing_is_error: bool) -> Compiled:
    def pop(exchange: Exchange) -> None:
        stack = _stack(exchange)
        if not stack:
            if missing_is_error:
                raise FlowError("claimCheck.missing", "nothing is on the stack")
            return
        *rest, packed = stack
        if rest:
            exchange.properties[STACK] = rest
        else:
            del exchange.properties[STACK]
        selection.put_back(exchange, packed)

    return pop


def _stack(exchange: Exchange) -> list[bytes]:
    stack = exchange.properties.get(STACK)
    if stack is None:
        return []
    if not isinstance(stack, list) or not all(isinstance(each, bytes) for each in stack):
        raise FlowError("state.content", f"the property {STACK} holds something else than messages that were pushed")
    return stack
