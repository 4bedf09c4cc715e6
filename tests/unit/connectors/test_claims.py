from airdock.connectors.claims import LEASE_SECONDS, Claims
from airdock.stores.memory import MemoryStore
from airdock.testing.virtual import VirtualClock, run_virtually


def test_one_holds_a_claim_for_as_long_as_it_says_so() -> None:
    async def main() -> None:
        clock, store = VirtualClock(), MemoryStore()
        one, other = Claims(store, "s", clock), Claims(store, "s", clock)
        assert await one.take("a")
        assert await other.take("b")
        assert not await other.take("a")
        await clock.sleep(LEASE_SECONDS - 1)
        await one.renew("a")
        await clock.sleep(LEASE_SECONDS - 1)
        assert not await other.take("a")
        await clock.sleep(2)
        assert await other.take("a")
        await other.give_back("a")
        assert await one.take("a")

    run_virtually(main)
