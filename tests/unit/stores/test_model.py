"""Every kind of store against a simple one, over call sequences that hypothesis finds."""

import asyncio
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from airdock.sealer import Sealer
from airdock.state import StateStore
from airdock.stores.memory import MemoryStore
from airdock.stores.sql import SqlStore
from tests.databases import KINDS
from tests.unit.stores.conftest import Databases

SPACES = st.sampled_from(["p/a.flow#1", "p/b.flow#1"])
KEYS = st.sampled_from(["", "a", "b", "é\x00", "long" * 100])
VALUES = st.binary(max_size=20)
SPANS = st.sampled_from([None, 1.0, 5.0, 60.0])
FOREVER = float("inf")
Place = tuple[str, str]


class Group:
    def __init__(self) -> None:
        self.items: list[bytes] = []
        self.due = FOREVER


class Held:
    """A closed group."""

    def __init__(self, key: str, items: list[bytes], note: str, at: float) -> None:
        self.key, self.items, self.note, self.at = key, items, note, at
        self.attempt = 1


class StoreMachine(RuleBasedStateMachine):
    """The store and its model, call by call."""

    make: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.store: StateStore = type(self).make()
        self.now = 1000.0
        self.entries: dict[Place, tuple[bytes, float, int]] = {}
        self.groups: dict[Place, Group] = {}
        self.closed: dict[tuple[str, str], Held] = {}

    def teardown(self) -> None:
        if isinstance(self.store, SqlStore):
            self.store.stop()
        self.loop.close()

    def do(self, call: Any) -> Any:
        return self.loop.run_until_complete(call)

    def live(self, place: Place) -> tuple[bytes, float, int] | None:
        entry = self.entries.get(place)
        return entry if entry is not None and entry[1] > self.now else None

    def until(self, span: float | None) -> tuple[float | None, float]:
        return (None, FOREVER) if span is None else (self.now + span, self.now + span)

    @initialize()
    def begin(self) -> None:
        """Nothing is there."""

    @rule(seconds=st.sampled_from([0.5, 1.0, 4.0, 30.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(space=SPACES, key=KEYS, value=VALUES, span=SPANS)
    def add(self, space: str, key: str, value: bytes, span: float | None) -> None:
        expires, until = self.until(span)
        revision = self.do(self.store.add(space, key, value, self.now, expires))
        assert bool(revision) == (self.live((space, key)) is None)
        if revision:
            self.entries[space, key] = (value, until, revision)

    @rule(space=SPACES, key=KEYS, value=VALUES, span=SPANS)
    def put(self, space: str, key: str, value: bytes, span: float | None) -> None:
        expires, until = self.until(span)
        self.do(self.store.put(space, key, value, expires))
        entry = self.do(self.store.get(space, key, self.now))
        self.entries[space, key] = (value, until, entry.revision)

    @rule(space=SPACES, key=KEYS, value=VALUES, span=SPANS, stale=st.booleans())
    def replace(self, space: str, key: str, value: bytes, span: float | None, stale: bool) -> None:
        entry = self.live((space, key))
        before = 1 if entry is None else entry[2] - stale
        expires, until = self.until(span)
        revision = self.do(self.store.replace(space, key, value, before, self.now, expires))
        assert bool(revision) == (entry is not None and not stale)
        if revision:
            assert entry is not None
            assert revision != entry[2]
            self.entries[space, key] = (value, until, revision)

    @rule(space=SPACES, key=KEYS, how=st.sampled_from(["any", "right", "stale"]))
    def remove(self, space: str, key: str, how: str) -> None:
        entry = self.live((space, key))
        revision = None if how == "any" else (entry[2] if entry else 7) - (how == "stale")
        removed = self.do(self.store.remove(space, key, revision))
        if entry is not None:
            assert removed == (how != "stale")
        if entry is None or removed:
            self.entries.pop((space, key), None)

    @rule(space=SPACES, key=KEYS, item=VALUES, span=SPANS, size=st.sampled_from([None, 2, 3]),
          length=st.sampled_from([None, 30]), most=st.sampled_from([None, 1, 3]))  # fmt: skip
    def append(
        self, space: str, key: str, item: bytes, span: float | None, size: int | None, length: int | None,
        most: int | None,
    ) -> None:  # fmt: skip
        due, _ = self.until(span)
        done = self.do(
            self.store.append(
                space, key, item, self.now, due=due, close_at=size, close_at_bytes=length, note="full", most=most
            )
        )
        group = self.groups.get((space, key))
        if group is None:
            if most is not None and len([each for each in self.groups if each[0] == space]) >= most:
                assert done == (0, None)
                return
            group = self.groups[space, key] = Group()
        group.items.append(item)
        group.due = group.due if due is None else due
        assert done.size == len(group.items)
        whole = (size is not None and done.size >= size) or (
            length is not None and len(b"".join(group.items)) >= length
        )
        assert (done.closed is not None) == whole
        if done.closed is not None:
            self.expect_closed(space, key, done.closed, "full")

    @rule(space=SPACES, key=KEYS, span=SPANS)
    def close(self, space: str, key: str, span: float | None) -> None:
        due_by = None if span is None else self.now + span - 3
        closed = self.do(self.store.close(space, key, self.now, due_by=due_by, note="done"))
        group = self.groups.get((space, key))
        assert (closed is not None) == (group is not None and (due_by is None or group.due <= due_by))
        if closed is not None:
            self.expect_closed(space, key, closed, "done")

    def expect_closed(self, space: str, key: str, closed: Any, note: str) -> None:
        items = self.groups.pop((space, key)).items
        assert closed == (closed.id, key, items, 1, note)
        assert (space, closed.id) not in self.closed
        self.closed[space, closed.id] = Held(key, items, note, self.now)

    @rule(space=SPACES, idle=st.sampled_from([0.0, 2.0, 20.0]))
    def claim(self, space: str, idle: float) -> None:
        claimed = self.do(self.store.claim(space, self.now, idle))
        waiting = [held.at for (at, _), held in self.closed.items() if at == space and held.at <= self.now - idle]
        if claimed is None:
            assert not waiting
            return
        held = self.closed[space, claimed.id]
        assert held.at == min(waiting)
        held.attempt, held.at = held.attempt + 1, self.now
        assert claimed == (claimed.id, held.key, held.items, held.attempt, held.note)

    @rule(space=SPACES, place=st.integers(0, 5), behind=st.integers(0, 1))
    def renew(self, space: str, place: int, behind: int) -> None:
        for (at, id), held in list(self.closed.items())[place : place + 1]:
            right = at == space and not behind
            assert self.do(self.store.renew(space, id, held.attempt - behind, self.now)) == right
            held.at = self.now if right else held.at

    @rule(space=SPACES, place=st.integers(0, 5))
    def confirm(self, space: str, place: int) -> None:
        for at, id in list(self.closed)[place : place + 1]:
            self.do(self.store.confirm(space, id))
            if at == space:
                del self.closed[at, id]

    @rule(space=SPACES, key=KEYS)
    def look(self, space: str, key: str) -> None:
        entry, found = self.live((space, key)), self.do(self.store.get(space, key, self.now))
        assert (found and (found.value, found.revision)) == (entry and (entry[0], entry[2]))
        group = self.groups.get((space, key))
        assert self.do(self.store.items(space, key)) == (group.items if group else [])

    @invariant()
    def is_the_same(self) -> None:
        for space in ("p/a.flow#1", "p/b.flow#1"):
            live = {key: self.live((space, key)) for at, key in self.entries if at == space}
            entries = {key: entry[0] for key, entry in live.items() if entry is not None}
            groups = {key: group.due for (at, key), group in self.groups.items() if at == space}
            assert self.do(self.store.count(space, self.now)) == len(entries) + len(groups)
            assert {key: entry.value for key, entry in self.do(self.store.entries(space, self.now))} == entries
            found = self.do(self.store.groups(space))
            assert [groups[key] for key in found] == sorted(groups.values())
            due = self.do(self.store.groups(space, due_by=self.now))
            assert sorted(due) == sorted(key for key, at in groups.items() if at <= self.now)


@pytest.mark.parametrize("kind", ["memory", *KINDS])
def test_store_does_what_its_model_does(kind: str, databases: Databases, sealer: Sealer) -> None:
    def make() -> StateStore:
        return MemoryStore() if kind == "memory" else SqlStore(databases.empty(kind), sealer)

    machine = type(f"{kind}Machine", (StoreMachine,), {"make": staticmethod(make)})
    examples = 100 if kind == "memory" else 6
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=40))
