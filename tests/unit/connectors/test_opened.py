import asyncio
from collections.abc import Awaitable, Callable

from airdock.connectors.links import Links
from airdock.testing.virtual import VirtualClock, run_virtually
from tests.unit.connectors.telephones import NAME, World, declared


def after_a_use(act: Callable[[Links, World], Awaitable[None]], check_every: float = 60.0) -> None:
    """Acts, in virtual time, on a connection that was used once."""

    async def main() -> None:
        links, world = Links(VirtualClock(), check_every=check_every), World()
        links.switch({NAME: declared(world)})
        async with links.at(NAME).use():
            pass
        await act(links, world)
        await links.close()

    run_virtually(main)


def test_a_service_that_goes_away_is_seen_though_nobody_uses_it() -> None:
    async def act(links: Links, world: World) -> None:
        world.away = True
        await asyncio.sleep(130)
        (found,) = links.states()
        assert (found.state, found.error) == ("failing", f"{NAME} cannot be reached: no tone")
        world.away = False
        await asyncio.sleep(10)
        assert links.states()[0].state == "open"

    after_a_use(act)


def test_a_connection_in_use_is_not_asked() -> None:
    async def act(links: Links, world: World) -> None:
        for _ in range(10):
            await asyncio.sleep(50)
            async with links.at(NAME).use():
                pass
        assert world.checks == 0
        await asyncio.sleep(600)
        assert 8 <= world.checks <= 10

    after_a_use(act)


def test_nobody_is_asked_unless_that_is_wanted() -> None:
    async def act(links: Links, world: World) -> None:
        await asyncio.sleep(600)
        assert world.checks == 0

    after_a_use(act, 0)


def test_one_that_is_replaced_is_not_asked_any_more() -> None:
    async def act(links: Links, world: World) -> None:
        links.switch({})
        await asyncio.sleep(600)
        assert (world.checks, world.lines[0].closed) == (0, 1)

    after_a_use(act)
