"""A failed run of what is inside a step goes on in there, and nowhere else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from airdock.errors import RefusedError
from airdock.runlog import RunRecord
from airdock.triggers.http.buffered import BufferedRequest
from tests.unit.agent.retries import BROKEN, Place, flaky, text
from tests.unit.flows import output

BEHIND = output("behind")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with Place(tmp_path) as place:
        yield place


async def fail_beside(place: Place) -> RunRecord:
    """Calls while the flaky step is broken; the record of the run beside, which must fail."""
    BROKEN.add("it")
    request = BufferedRequest(
        "POST", "/services/flow/p/f.flow", headers=[("content-type", "application/json")], body=b'{"order": 5}'
    )
    assert (await place.call(request)).status == 200
    await place.agent.runtime.background.settle()
    BROKEN.clear()
    assert place.log.flush()
    (found,) = place.store.list(outcome="failed")
    record = place.store.get(found.id)
    assert record is not None
    return record


def aggregate(*steps: Any) -> dict[str, Any]:
    return {"type": "aggregate", "name": "orders", "completionSize": 1, "maximumRedeliveries": 0, "steps": list(steps)}


INSIDE = [output("done;"), flaky(name="here"), output("${body.order}")]


@pytest.mark.parametrize(
    "step",
    [
        aggregate(*INSIDE),
        aggregate({"type": "try", "steps": INSIDE}),
        {"type": "wireTap", "name": "orders", "flow": {"steps": INSIDE}},
        {"type": "wireTap", "name": "orders", "module": "/p/other.flow"},
        {"type": "filter", "expression": "true", "steps": [aggregate(*INSIDE)]},
    ],
    ids=["aggregate", "try in aggregate", "wireTap", "wireTap of another flow", "aggregate in filter"],
)
async def test_it_goes_on_inside_and_not_behind(place: Place, step: dict[str, Any]) -> None:
    place.write({"p/f.flow": {"steps": [step, BEHIND], "timeout": "1h"}, "p/other.flow": {"steps": INSIDE}})
    failed = await fail_beside(place)
    assert failed.step.endswith("orders")
    assert failed.retriable
    retried = await place.retry(failed)
    assert text(retried.answer) == "done;[it]5"
    again = place.newest()
    assert (again.retry_of, again.parent, again.step) == (failed.id, failed.parent, failed.step)
    assert again.parent in [run.id for run in place.store.list()]


async def test_a_retry_of_a_part_may_fail_and_be_retried(place: Place) -> None:
    place.write({"p/f.flow": {"steps": [aggregate(*INSIDE), BEHIND]}})
    failed = await fail_beside(place)
    BROKEN.add("it")
    again = await place.retry(failed)
    BROKEN.clear()
    assert again.error is not None
    assert text((await place.retry(place.newest())).answer) == "done;[it]5"


async def test_a_step_that_is_not_there_any_more_is_told(place: Place) -> None:
    place.write({"p/f.flow": {"steps": [aggregate(*INSIDE)]}})
    failed = await fail_beside(place)
    place.write({"p/f.flow": {"steps": [aggregate(output("x"))]}})
    with pytest.raises(RefusedError, match=r"'orders\.here'"):
        await place.retry(failed)
    place.write({"p/f.flow": {"steps": [output("x")]}})
    with pytest.raises(RefusedError, match="'orders'"):
        await place.retry(failed)


async def test_what_an_earlier_version_kept_is_of_a_whole_flow(place: Place) -> None:
    place.write({"p/f.flow": {"steps": [aggregate(*INSIDE)]}})
    snapshot = place.store.snapshot((await fail_beside(place)).id)
    with pytest.raises(RefusedError):
        await place.retrier.retry(replace(snapshot, step=""))
