import asyncio

from airdock.engine.block import Entry, compile_block
from airdock.exchange import Exchange, Run, StepInfo


def entry(path: str, *, waits: bool = False) -> Entry:
    def step(exchange: Exchange) -> "asyncio.Future[None] | None":
        exchange.response.write(path)
        return asyncio.ensure_future(asyncio.sleep(0)) if waits else None

    return Entry(StepInfo(path, path, "test"), step)


async def test_nothing_is_awaited_while_no_step_waits() -> None:
    exchange = Exchange(Run("id", "f"))
    assert compile_block([entry("a"), entry("b")], None)(exchange) is None
    assert exchange.response.parts == ["a", "b"]


async def test_steps_behind_one_that_waits_run_after_it() -> None:
    exchange = Exchange(Run("id", "f"), trail=[])
    pending = compile_block([entry("a"), entry("b", waits=True), entry("c", waits=True), entry("d")], None)(exchange)
    assert pending is not None
    assert exchange.response.parts == ["a", "b"]
    await pending
    assert exchange.response.parts == ["a", "b", "c", "d"]
    assert [info.path for info in exchange.trail[::2]] == ["a", "b", "c", "d"]  # type: ignore[index]


def test_a_block_may_be_empty() -> None:
    assert compile_block([], None)(Exchange(Run("id", "f"))) is None
