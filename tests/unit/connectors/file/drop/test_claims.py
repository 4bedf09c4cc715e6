from airdock.connectors.file.drop.claims import LEASE, Claims
from airdock.engine.clock import LoopClock
from airdock.stores.memory import MemoryStore


class SetClock(LoopClock):
    """A clock that tests set."""

    at = 1000.0

    def now(self) -> float:
        return self.at


async def test_one_has_a_file_until_it_lets_go() -> None:
    clock, store = SetClock(), MemoryStore()
    one, other, elsewhere = (Claims(store, clock, where) for where in ("/in", "/in", "/out"))
    claim = await one.take("a", "a@1")
    assert claim is not None
    assert not claim.again
    assert await other.take("a", "a@1") is None
    assert await elsewhere.take("a", "a@1") is not None
    await one.drop(claim)
    taken = await other.take("a", "a@1")
    assert taken is not None
    assert not taken.again


async def test_what_was_given_back_is_known_to_come_again() -> None:
    claims = Claims(MemoryStore(), SetClock(), "/in")
    claim = await claims.take("a", "a@1")
    assert claim is not None
    await claims.give_back(claim)
    again = await claims.take("a", "a@1")
    assert again is not None
    assert again.again
    await claims.give_back(again)
    another = await claims.take("a", "a@2")
    assert another is not None
    assert not another.again


async def test_a_claim_that_nobody_renews_is_taken_over() -> None:
    clock, store = SetClock(), MemoryStore()
    claims = Claims(store, clock, "/in")
    claim = await claims.take("a", "a@1")
    assert claim is not None
    clock.at += LEASE - 1
    assert await claims.renew(claim)
    clock.at += LEASE - 1
    assert await claims.take("a", "a@1") is None
    clock.at += 2
    over = await claims.take("a", "a@1")
    assert over is not None
    assert over.again
    assert not await claims.renew(claim)
    await claims.drop(claim)
    assert await claims.take("a", "a@1") is None
    assert await claims.renew(over)
