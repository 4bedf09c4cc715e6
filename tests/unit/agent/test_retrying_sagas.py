"""A saga that is parked for a person is gone on with by the retry of its run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from airdock.errors import RefusedError
from airdock.runlog import RunRecord
from tests.unit.agent.retries import BROKEN, Place, flaky, told
from tests.unit.flows import output

ONCE = {"attempts": 1}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with Place(tmp_path) as place:
        yield place


def saga(*actions: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "saga", "name": "buy", "actions": list(actions), "compensationRetry": ONCE, **fields}


def undone(name: str) -> dict[str, Any]:
    return {"name": name, "steps": [output(f"{name};")], "compensation": [flaky(name), output(";")]}


FAILS = {"steps": [{"type": "throw", "code": "x.y", "status": 422}]}


async def failed(place: Place, *names: str) -> list[RunRecord]:
    """Calls while these are broken; the records of the runs, that of the flow behind those of its sagas."""
    BROKEN.update(names)
    assert (await place.call()).status >= 400
    BROKEN.clear()
    assert place.log.flush()
    records = [place.store.get(run.id) for run in place.store.list()]
    return [record for record in records if record is not None]


async def test_what_is_left_is_undone(place: Place) -> None:
    place.write({"p/f.flow": {"steps": [saga(undone("a"), undone("b"), undone("c"), FAILS)]}})
    beside, main = await failed(place, "b")
    assert main.error is not None
    assert main.error.code == "saga.parked"
    assert main.not_retriable == f"it is undone by the run {beside.id}: retry that one"
    assert (beside.step, beside.retriable) == ("buy", True)
    retried = await place.retry(beside)
    assert retried.error is None
    assert told(retried.answer)[2] == "[b];[a];"


async def test_it_may_fail_again_and_again(place: Place) -> None:
    handler = {"steps": [output("handled")]}
    place.write({"p/f.flow": {"steps": [saga(undone("a"), undone("b"), FAILS)], "onError": [handler]}})
    BROKEN.update(("a", "b"))
    assert told(await place.call())[2] == "a;b;handled"
    assert place.log.flush()
    (first,) = place.store.list(outcome="failed")
    record = place.store.get(first.id)
    assert record is not None
    BROKEN.discard("b")
    again = await place.retry(record)
    assert again.error is not None
    assert again.error.code == "script.error"
    BROKEN.clear()
    assert told((await place.retry(place.newest())).answer)[2] == "[a];"


async def test_once_it_is_undone_there_is_nothing_more_to_do(place: Place) -> None:
    place.write({"p/f.flow": {"steps": [saga(undone("a"), FAILS)]}})
    beside, _ = await failed(place, "a")
    await place.retry(beside)
    assert told((await place.retry(beside)).answer)[2] == ""


async def test_a_completion_goes_on(place: Place) -> None:
    place.write({"p/f.flow": {"steps": [saga(undone("a"), completion=[flaky("it")]), output("done")]}})
    BROKEN.add("it")
    assert told(await place.call())[2] == "a;done"
    BROKEN.clear()
    assert place.log.flush()
    (run,) = place.store.list(outcome="failed")
    record = place.store.get(run.id)
    assert record is not None
    assert told((await place.retry(record)).answer)[2] == "[it]"


async def test_an_action_that_is_gone_is_told(place: Place) -> None:
    place.write({"p/f.flow": {"steps": [saga(undone("a"), FAILS)]}})
    beside, _ = await failed(place, "a")
    place.write({"p/f.flow": {"steps": [saga(undone("other"), FAILS)]}})
    retried = await place.retry(beside)
    assert retried.error is not None
    assert retried.error.code == "saga.action"
    place.write({"p/f.flow": {"steps": [output("x")]}})
    with pytest.raises(RefusedError, match="'buy'"):
        await place.retry(beside)


async def test_a_run_whose_saga_was_undone_begins_it_anew(place: Place) -> None:
    fails = {"name": "last", "steps": [{"type": "set", "body": "changed"}, flaky("last"), output("${body}")]}
    place.write({"p/f.flow": {"steps": [{"type": "set", "body": "first"}, saga(undone("a"), fails)]}})
    *_, main = await failed(place, "last")
    retried = await place.retry(main)
    assert told(retried.answer)[2] == "a;[last]changed"
