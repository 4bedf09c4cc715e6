import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from airdock.database import Database
from airdock.engine.clock import LoopClock
from airdock.engine.runtime import Runtime
from airdock.errors import FlowError
from airdock.secrets import Sealing
from airdock.state import StateStore, Stores
from airdock.stores.memory import MemoryStore
from airdock.stores.sql import SqlStore
from airdock.testing import FlowClient
from airdock.testing.virtual import VirtualClock, run_virtually
from tests.unit.flows import Flows, output
from tests.unit.steps.effects import EVENTS, FAILING, MODULE, effect

HOUR = 3600.0
SECOND = {"type": "delay", "duration": "1s"}


@pytest.fixture(autouse=True)
def nothing_done(flows: Flows) -> Iterator[None]:
    EVENTS.clear()
    FAILING.clear()
    flows.write("p/effect.py", MODULE)
    yield
    EVENTS.clear()
    FAILING.clear()


class LaterClock(VirtualClock):
    """Begins so many seconds after virtual time does."""

    def __init__(self, later: float) -> None:
        self._later = later

    def now(self) -> float:
        return super().now() + self._later


def process(flows: Flows, store: StateStore, later: float = 0.0) -> FlowClient:
    """A process at some time; its memory is its own, the store is shared."""
    return FlowClient(flows.folder, runtime=Runtime(LaterClock(later), Stores(MemoryStore(), store)))


def action(name: str, *before: Any, **fields: Any) -> dict[str, Any]:
    """An action that takes two seconds and has its effect in the middle."""
    compensation = [SECOND, effect(f"undo {name}"), SECOND]
    return {"name": name, "steps": [*before, SECOND, effect(name), SECOND], "compensation": compensation, **fields}


def saga(*actions: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "saga", "actions": list(actions), **fields}


def live(flows: Flows, store: StateStore, later: float, seconds: float, call: bool = False) -> None:
    """A process that is there for so many seconds, and then gone, whatever it was at."""

    async def main() -> None:
        client = process(flows, store, later)
        task = asyncio.create_task(client.get("p/f.flow")) if call else None
        client.agent.begin_duties()
        await asyncio.sleep(seconds)
        if task is not None and task.done():
            task.result()
        # What is begun because of that is cut off before it begins.
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for other in others:
                other.cancel()
            await asyncio.sleep(0)

    run_virtually(main)


def left(store: StateStore, space: str = "p/f.flow#1") -> int:
    return run_virtually(lambda: store.count(space, 0.0))


@pytest.mark.parametrize(
    ("seconds", "events"),
    [
        (0.5, ["undo a"]),
        (1.5, ["a", "undo a"]),
        (3.5, ["a", "b", "undo b", "undo a"]),
        (4.5, ["a", "b", "undo c", "undo b", "undo a"]),
        (6.5, ["a", "b", "c"]),
    ],
)
def test_another_process_undoes_what_was_done(flows: Flows, seconds: float, events: list[str]) -> None:
    flows.write("p/f.flow", {"steps": [saga(action("a"), action("b"), action("c"))]})
    store = MemoryStore()
    live(flows, store, 0, seconds, call=True)
    live(flows, store, HOUR, 60)
    assert events == EVENTS
    assert left(store) == 0


def test_a_saga_that_goes_on_for_long_is_left_alone(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [saga(action("a", {"type": "delay", "duration": "10m"})), output()]})
    store = MemoryStore()

    async def main() -> None:
        one, other = process(flows, store), process(flows, store)
        other.agent.begin_duties()
        assert (await one.get("p/f.flow")).text == "done"
        await asyncio.sleep(HOUR)
        await other.close()

    run_virtually(main)
    assert EVENTS == ["a"]


def test_one_of_several_processes_goes_on_with_what_was_left(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [saga(action("a"), action("b"))]})
    store = MemoryStore()
    live(flows, store, 0, 3.5, call=True)

    async def main() -> None:
        others = [process(flows, store, HOUR) for _ in range(5)]
        for each in others:
            each.agent.begin_duties()
        await asyncio.sleep(60)
        for each in others:
            await each.close()

    run_virtually(main)
    assert EVENTS == ["a", "b", "undo b", "undo a"]


def test_a_completion_that_was_cut_off_is_gone_on_with(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [saga(action("a"), completion=[SECOND, effect("complete")])]})
    store = MemoryStore()
    live(flows, store, 0, 2.5, call=True)
    live(flows, store, HOUR, 60)
    assert EVENTS == ["a", "complete"]
    assert left(store) == 0


def test_compensations_know_their_saga_and_the_run_that_began_it(flows: Flows) -> None:
    fields = {"options": {"key": "${properties.saga.id}"}, "compensation": [output("${properties}")]}
    flows.write("p/f.flow", {"steps": [saga(action("a", **fields), {"steps": [{"type": "throw", "code": "x.y"}]})]})

    async def main() -> FlowClient:
        client = process(flows, MemoryStore())
        await client.get("p/f.flow")
        return client

    beside, whole = run_virtually(main).runs
    assert (beside.exchange.run.parent, beside.exchange.run.step) == (whole.exchange.run.id, "1")
    found = beside.exchange.properties
    assert found["saga"] == {
        "id": found["key"],
        "run": whole.exchange.run.id,
        "action": "a",
        "error": {"code": "x.y", "message": "x.y"},
    }
    assert "saga" not in whole.exchange.properties


def test_options_that_cannot_be_kept_undo_the_saga(flows: Flows) -> None:
    big = {"type": "set", "properties": {"big": "${$pad('', 1100000, 'x')}"}}
    flows.write("p/f.flow", {"steps": [saga(action("a"), action("b", big, options={"big": "${properties.big}"}))]})

    async def main() -> str:
        return str((await process(flows, MemoryStore()).get("p/f.flow")).json()["code"])

    assert run_virtually(main) == "saga.options"
    assert EVENTS == ["a", "b", "undo b", "undo a"]


class Failing:
    """A store that cannot be used for a while: from one call on, for so many."""

    def __init__(self, store: StateStore, first: int, calls: int) -> None:
        self._store = store
        self._first, self._last = first, first + calls
        self._calls = 0

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        async def call(*arguments: Any, **named: Any) -> Any:
            self._calls += 1
            if self._first <= self._calls < self._last:
                raise FlowError("state.unavailable", "the store is away")
            return await method(*arguments, **named)

        return call


@pytest.mark.parametrize("first", range(1, 12))
@pytest.mark.parametrize("calls", [1, 2, 5])
def test_a_store_that_is_away_for_a_while_only_delays_what_is_to_be_undone(
    flows: Flows, first: int, calls: int
) -> None:
    FAILING.add("c")
    flows.write("p/f.flow", {"steps": [saga(action("a"), action("b"), action("c"))]})
    store = MemoryStore()

    async def main() -> None:
        client = process(flows, cast(StateStore, Failing(store, first, calls)))
        assert (await client.get("p/f.flow")).status >= 500
        await asyncio.sleep(HOUR)
        await client.close()

    run_virtually(main)
    parked = left(store)
    undone = [event.removeprefix("undo ") for event in EVENTS if event.startswith("undo")]
    done = [event for event in EVENTS if not event.startswith("undo")]
    assert parked or set(undone) >= set(done), EVENTS
    assert undone == sorted(undone, reverse=True), EVENTS


@pytest.mark.parametrize("seed", range(150))
def test_whatever_happens_all_is_done_or_all_is_undone(flows: Flows, seed: int) -> None:
    """Actions fail or not, processes vanish at any moment; then one lives on for long enough."""
    chance = random.Random(seed)
    names = "abcd"[: chance.randint(1, 4)]
    failing = chance.choice([*names, "", ""])
    FAILING.update(failing)
    flows.write("p/f.flow", {"steps": [saga(*(action(name) for name in names), completion=[effect("complete")])]})
    store, later = MemoryStore(), 0.0
    live(flows, store, later, chance.uniform(0, 12), call=True)
    for _ in range(chance.randint(0, 3)):
        later += chance.choice([31, HOUR])
        live(flows, store, later, chance.uniform(0, 6))
    live(flows, store, later + HOUR, 200)
    told = f"seed {seed}: {names} without {failing or 'failure'}: {EVENTS}"
    assert left(store) == 0, told
    if "complete" in EVENTS:
        assert EVENTS[: len(names)] == list(names), told
        assert not any(event.startswith("undo") for event in EVENTS), told
        return
    assert "undo" in " ".join(EVENTS) or not set(EVENTS) & set(names), told
    done = [event for event in EVENTS if event in names]
    undone = [event.removeprefix("undo ") for event in EVENTS if event.startswith("undo")]
    assert done == list(names[: len(done)]), told
    # Each is undone once, or again where a process vanished meanwhile; the last ones first.
    assert set(undone) >= set(done), told
    assert undone == sorted(undone, reverse=True), told
    assert [*done, *(f"undo {name}" for name in undone)] == EVENTS, told


DIES = "import os, signal\n\n\ndef service(exchange):\n    os.kill(os.getpid(), signal.SIGKILL)\n"


async def call_over_sqlite(home: Path, clock: LoopClock, seconds: float = 0.0) -> None:
    """A process over the state in a home folder: it calls the flow, or is there for a while."""
    store = SqlStore(Database(home), Sealing(home, purpose="state"))
    client = FlowClient(home / "flows", runtime=Runtime(clock, Stores(MemoryStore(), store)))
    if seconds:
        client.agent.begin_duties()
        await asyncio.sleep(seconds)
        await client.close()
    else:
        await client.get("p/f.flow")
    store.stop()


class Tomorrow(LoopClock):
    def now(self) -> float:
        return super().now() + 86400


async def test_a_process_that_is_killed_leaves_nothing_undone(tmp_path: Path) -> None:
    marks = [tmp_path / name for name in ("a", "b")]
    touch = "from pathlib import Path\n\n\ndef service(exchange):\n    Path(exchange.properties['mark']).touch()\n"

    def undo(mark: Path) -> dict[str, Any]:
        return {"type": "python", "module": "/p/touch.py", "properties": {"mark": str(mark)}}

    actions = [
        {"steps": [output()], "compensation": [undo(marks[0])]},
        {"steps": [{"type": "python", "module": "/p/dies.py"}], "compensation": [undo(marks[1])]},
    ]
    flows = Flows(tmp_path / "flows")
    flows.write("p/touch.py", touch)
    flows.write("p/dies.py", DIES)
    flows.write("p/f.flow", {"steps": [saga(*actions)]})
    program = (
        "import asyncio, sys, pathlib\nfrom airdock.engine.clock import LoopClock\n"
        "from tests.unit.steps.test_saga import call_over_sqlite\n"
        "asyncio.run(call_over_sqlite(pathlib.Path(sys.argv[1]), LoopClock()))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    killed = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program, str(tmp_path)], env=environment, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert not any(mark.exists() for mark in marks)
    living = asyncio.create_task(call_over_sqlite(tmp_path, Tomorrow(), HOUR))
    async with asyncio.timeout(30):
        while not all(mark.exists() for mark in marks):  # noqa: ASYNC110 -- another thread makes them
            await asyncio.sleep(0.01)
    living.cancel()
    await asyncio.wait([living])
