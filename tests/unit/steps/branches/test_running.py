import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airdock.branch import MAX_CALLS, branch_of
from airdock.errors import FlowError
from airdock.exchange import Exchange, Run
from airdock.expressions import compile_expression
from airdock.spec.step import Compiled
from airdock.steps.branches.gathering import Gathering, Latest, Listed, gathering
from airdock.steps.branches.running import Branch, Conduct, Running
from airdock.testing.virtual import VirtualClock, run_virtually


class Work:
    """Branches that wait, write and fail as told, and how many ran at once."""

    def __init__(self) -> None:
        self.exchange = Exchange(Run("1", "p/f.flow"), properties={}, trail=[])
        self.exchange.body = "before"
        self.running = 0
        self.most = 0
        self.cut = 0
        self.closed = False

    def step(self, body: Any, seconds: float = 0, error: str = "") -> Compiled:
        def end(exchange: Exchange) -> None:
            exchange.response.write(f"{body};")
            if error:
                raise FlowError(error, "as told")
            exchange.body = body

        async def wait(exchange: Exchange) -> None:
            self.running += 1
            self.most = max(self.most, self.running)
            try:
                await asyncio.sleep(seconds)
                end(exchange)
            except asyncio.CancelledError:
                self.cut += 1
                raise
            finally:
                self.running -= 1

        return wait if seconds else end

    def branches(self, *steps: Compiled) -> Iterator[Branch]:
        try:
            for step in steps:
                yield Branch(step, branch_of(self.exchange))
        finally:
            self.closed = True

    async def arriving(self, *steps: Compiled, every: float = 1) -> AsyncIterator[Branch]:
        try:
            for step in steps:
                await asyncio.sleep(every)
                yield Branch(step, branch_of(self.exchange))
        finally:
            self.closed = True

    def run(self, branches: Any, **options: Any) -> Awaitable[None] | None:
        return Running(conduct(**options), self.exchange).run(branches)


def conduct(
    parallel: int = 1,
    stop_on_error: bool = False,
    timeout: float | None = None,
    gathering: Callable[[], Gathering] = Listed,
) -> Conduct:
    return Conduct("1", parallel, stop_on_error, timeout, VirtualClock(), gathering, _store)


def _store(exchange: Exchange, value: Any) -> None:
    exchange.body = value


def virtually(main: Callable[[Work], Any]) -> tuple[Work, float]:
    """The work, and when it was done."""
    work = Work()

    async def timed() -> float:
        pending = main(work)
        if pending is not None:
            await pending
        assert work.running == 0
        return asyncio.get_running_loop().time()

    return work, run_virtually(timed)


def test_nothing_waits_where_no_branch_does() -> None:
    work = Work()
    for parallel in (1, 5):
        assert work.run(work.branches(work.step("a"), work.step("b")), parallel=parallel) is None
        assert (work.exchange.body, work.closed) == (["a", "b"], True)


def test_one_after_another() -> None:
    work, at = virtually(lambda work: work.run(work.branches(work.step("a", 2), work.step("b"), work.step("c", 1))))
    assert (work.exchange.body, work.most, at) == (["a", "b", "c"], 1, 3)
    assert work.exchange.response.parts == ["a;", "b;", "c;"]


def test_side_by_side_they_are_joined_in_order() -> None:
    steps = [("a", 3.0), ("b", 1.0), ("c", 0.0), ("d", 2.0)]
    work, at = virtually(lambda work: work.run(work.branches(*(work.step(*each) for each in steps)), parallel=10))
    assert (work.exchange.body, work.most, at) == (["a", "b", "c", "d"], 3, 3)
    assert work.exchange.response.parts == ["a;", "b;", "c;", "d;"]


def test_no_more_than_so_many_at_once() -> None:
    work, at = virtually(lambda work: work.run(work.branches(*(work.step(n, 1) for n in range(10))), parallel=3))
    assert (work.exchange.body, work.most, at) == ([*range(10)], 3, 4)


def test_those_that_end_behind_a_slow_one_are_bounded() -> None:
    made = 0

    def counted(work: Work) -> Iterator[Branch]:
        nonlocal made
        for seconds in [10, *[0.1] * 100]:
            made += 1
            yield Branch(work.step(0, seconds), branch_of(work.exchange))

    async def main(work: Work) -> None:
        task = asyncio.ensure_future(work.run(counted(work), parallel=2) or asyncio.sleep(0))
        await asyncio.sleep(9)
        assert made <= 10
        await task
        assert made == 101

    virtually(main)


@pytest.mark.parametrize("parallel", [1, 3])
def test_the_first_error_in_order_is_the_steps(parallel: int) -> None:
    steps = [("a", 1.0, "x.one"), ("b", 2.0, ""), ("c", 0.0, "x.two")]
    work = Work()
    with pytest.raises(FlowError) as raised:
        run_virtually(lambda: _all(work.run(work.branches(*(work.step(*each) for each in steps)), parallel=parallel)))
    assert raised.value.code == "x.one"
    assert [each["code"] for each in raised.value.details["failures"]] == ["x.one", "x.two"]
    assert (raised.value.details["branches"], raised.value.details["failed"]) == (3, 2)
    assert (work.exchange.response.parts, work.exchange.body) == ([], "before")


async def _all(pending: Awaitable[None] | None) -> None:
    if pending is not None:
        await pending


@pytest.mark.parametrize(("parallel", "cut"), [(1, 0), (3, 1)])
def test_the_first_error_ends_the_others(parallel: int, cut: int) -> None:
    work = Work()
    steps = [work.step("a", 0.5), work.step("b", 1, "x.one"), work.step("c", 5)]
    with pytest.raises(FlowError, match="as told"):
        run_virtually(lambda: _all(work.run(work.branches(*steps), parallel=parallel, stop_on_error=True)))
    assert (work.running, work.cut, work.closed) == (0, cut, True)
    assert work.exchange.response.parts == []


@pytest.mark.parametrize(("parallel", "expected"), [(1, ["a"]), (3, ["a", "c"])])
def test_when_the_time_is_over_those_count_that_have_ended(parallel: int, expected: list[str]) -> None:
    work, at = virtually(
        lambda work: work.run(
            work.branches(work.step("a", 1), work.step("b", 9), work.step("c", 1)), parallel=parallel, timeout=2
        )
    )
    assert (work.exchange.body, at, work.closed) == (expected, 2, True)
    assert work.exchange.response.parts == [f"{each};" for each in expected]


@pytest.mark.parametrize("parallel", [1, 4])
def test_a_caller_that_goes_leaves_nothing_running(parallel: int) -> None:
    async def main(work: Work) -> None:
        steps = [work.step(n, 10) for n in range(10)]
        task = asyncio.ensure_future(work.run(work.branches(*steps), parallel=parallel) or asyncio.sleep(0))
        await asyncio.sleep(5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (work.running, work.cut, work.closed) == (0, parallel, True)
        assert len(asyncio.all_tasks()) == 1

    virtually(main)


@pytest.mark.parametrize("parallel", [1, 4])
def test_a_caller_that_goes_at_once(parallel: int) -> None:
    async def main(work: Work) -> None:
        pending = work.run(work.branches(work.step("a", 1)), parallel=parallel)
        task = asyncio.ensure_future(pending or asyncio.sleep(0))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(asyncio.all_tasks()) == 1

    virtually(main)


@pytest.mark.parametrize(("parallel", "expected"), [(1, 7), (5, 4)])
def test_branches_may_arrive(parallel: int, expected: int) -> None:
    def main(work: Work) -> Any:
        return work.run(work.arriving(work.step("a", 2), work.step("b", 2), work.step("c")), parallel=parallel)

    work, at = virtually(main)
    assert (work.exchange.body, at, work.closed) == (["a", "b", "c"], expected, True)


def test_an_error_ends_the_wait_for_what_arrives() -> None:
    work = Work()
    steps = work.arriving(work.step("a", 0.5, "x.one"), work.step("b"), every=1)
    with pytest.raises(FlowError, match="as told"):
        run_virtually(lambda: _all(work.run(steps, parallel=5, stop_on_error=True)))
    assert work.closed


@pytest.mark.parametrize("parallel", [1, 3])
@pytest.mark.parametrize("seconds", [0, 1])
def test_an_error_of_the_source_is_the_steps(parallel: int, seconds: float) -> None:
    def broken(work: Work) -> Iterator[Branch]:
        yield Branch(work.step("a", seconds), branch_of(work.exchange))
        raise FlowError("x.source", "line 2 is none")

    work = Work()
    with pytest.raises(FlowError, match="line 2"):
        run_virtually(lambda: _all(work.run(broken(work), parallel=parallel)))
    assert work.running == 0


def test_an_expression_sees_the_errors_and_they_are_none() -> None:
    computed = gathering(compile_expression("branches.(error.code ? error.code : body)"), Latest)
    work, _ = virtually(
        lambda work: work.run(work.branches(work.step("a"), work.step("b", 0, "x.one")), gathering=computed)
    )
    assert work.exchange.body == ["a", "x.one"]
    assert "branches" not in work.exchange.document


@pytest.mark.parametrize("parallel", [1, 3])
def test_others_run_meanwhile(parallel: int) -> None:
    async def main(work: Work) -> None:
        seen = 0

        def count() -> None:
            nonlocal seen
            seen += 1

        class Hasty(VirtualClock):
            ticks = 0.0

            def monotonic(self) -> float:
                Hasty.ticks += 1
                return Hasty.ticks

        asyncio.get_running_loop().call_soon(count)
        how = conduct(parallel)._replace(clock=Hasty())
        await _all(Running(how, work.exchange).run(work.branches(*(work.step(n) for n in range(100)))))
        assert seen == 1
        assert work.exchange.body == [*range(100)]

    virtually(main)


def test_calls_of_flows_are_shared_by_those_that_run_side_by_side() -> None:
    given: list[int] = []

    def note(exchange: Exchange) -> None:
        given.append(MAX_CALLS - exchange.calls)
        exchange.calls += 5

    for parallel, expected in ((1, [MAX_CALLS, MAX_CALLS - 5]), (10, [MAX_CALLS // 10, (MAX_CALLS - 5) // 10])):
        given.clear()
        work = Work()
        work.exchange.depth = 1
        work.run(work.branches(note, note), parallel=parallel)
        assert given == expected
        assert work.exchange.calls == 10


PLANS = st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=12)


async def _steps(work: Work, plan: list[tuple[int, bool]], arriving: bool) -> Any:
    steps = [work.step(place, seconds, "x.y" if fails else "") for place, (seconds, fails) in enumerate(plan)]
    return work.arriving(*steps) if arriving else work.branches(*steps)


@settings(max_examples=200, deadline=None)
@given(PLANS, st.integers(1, 5), st.booleans(), st.booleans())
def test_whatever_branches_do_nothing_is_lost(
    plan: list[tuple[int, bool]], parallel: int, stop: bool, arriving: bool
) -> None:
    work = Work()

    async def main() -> None:
        pending = work.run(await _steps(work, plan, arriving), parallel=parallel, stop_on_error=stop)
        try:
            await _all(pending)
        finally:
            assert work.running == 0
            assert len(asyncio.all_tasks()) == 1

    good = [place for place, (_, fails) in enumerate(plan) if not fails]
    if len(good) == len(plan):
        run_virtually(main)
        assert work.exchange.body == good
        assert work.exchange.response.parts == [f"{place};" for place in good]
    else:
        with pytest.raises(FlowError):
            run_virtually(main)
        assert (work.exchange.body, work.exchange.response.parts) == ("before", [])
    assert work.most <= parallel


@settings(max_examples=200, deadline=None)
@given(PLANS, st.integers(1, 5), st.booleans(), st.integers(0, 20), st.booleans())
def test_whenever_it_is_cut_off_nothing_runs_on(
    plan: list[tuple[int, bool]], parallel: int, arriving: bool, after: int, cancelled: bool
) -> None:
    work = Work()
    plan = [(seconds, False) for seconds, _ in plan]

    async def main() -> None:
        # Half a second off, as of two things at one time either may come first.
        limit = after + 0.5
        pending = work.run(await _steps(work, plan, arriving), parallel=parallel, timeout=None if cancelled else limit)
        task = asyncio.ensure_future(_all(pending))
        if cancelled:
            await asyncio.sleep(limit)
            task.cancel()
        await asyncio.wait([task])
        assert work.running == 0
        assert len(asyncio.all_tasks()) == 1
        if not task.cancelled():
            task.result()

    run_virtually(main)
    body = work.exchange.body
    assert body == "before" or body == sorted(body)
    assert work.exchange.response.parts == ([] if body == "before" else [f"{place};" for place in body])
