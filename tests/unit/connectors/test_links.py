import asyncio
from typing import Any

import pytest

from airdock.connectors.errors import refused
from airdock.connectors.finder import link_of
from airdock.connectors.links import ConnectionLink, Links
from airdock.connectors.opened import Declared
from airdock.errors import DescriptorError, FlowError, Place
from airdock.spec.connection import Client, Opening, Secret
from airdock.testing.virtual import VirtualClock, run_virtually
from tests.unit.connectors.telephones import NAME, Telephone, World, declared
from tests.unit.spec.doubles import Phone


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def links(clock: VirtualClock, world: World) -> Links:
    links = Links(clock)
    links.switch({NAME: declared(world)})
    return links


def state(links: Links) -> tuple[str, str]:
    (found,) = links.states()
    return found.state, found.error


async def test_it_is_opened_at_the_first_use_and_shared(links: Links, world: World) -> None:
    link = links.at(NAME)
    assert (state(links), world.lines) == (("closed", ""), [])
    async with link.use() as one, link.use() as other:
        assert one is other
        assert links.states()[0].users == 2
    assert (state(links), len(world.lines), world.lines[0].closed) == (("open", ""), 1, 0)
    await links.close()
    assert world.lines[0].closed == 1


async def test_of_many_that_wait_one_opens_it(links: Links, world: World) -> None:
    world.gate = asyncio.Event()

    async def use() -> Any:
        async with links.at(NAME).use() as client:
            return client

    uses = [asyncio.create_task(use()) for _ in range(5)]
    await settled()
    world.gate.set()
    assert len({id(each) for each in await asyncio.gather(*uses)}) == 1
    assert world.tries == 1


async def test_one_that_is_replaced_is_closed_when_nobody_uses_it_any_more(links: Links, world: World) -> None:
    link = links.at(NAME)
    async with link.use() as old:
        links.switch({NAME: declared(world)})
        async with link.use() as new:
            assert new is not old
        await asyncio.sleep(0)
        assert old.closed == 0
    await settled()
    assert old.closed == 1
    assert new.closed == 0
    links.switch({})
    await settled()
    assert new.closed == 1
    assert links.states() == []
    with pytest.raises(FlowError, match="is not enabled"):
        async with link.use():
            raise AssertionError("there is nothing to use")


async def test_the_same_declaration_goes_on(links: Links, world: World) -> None:
    same = links.at(NAME).declared
    assert same is not None
    async with links.at(NAME).use() as client:
        links.switch({NAME: same})
    async with links.at(NAME).use() as again:
        assert again is client


def test_what_is_away_is_looked_for_until_it_is_back(world: World) -> None:
    async def main() -> None:
        links = Links(VirtualClock())
        links.switch({NAME: declared(world)})
        world.away = True
        with pytest.raises(FlowError) as caught:
            async with links.at(NAME).use():
                raise AssertionError("it is away")
        assert caught.value.code == "connector.unavailable"
        assert state(links) == ("failing", f"{NAME} cannot be reached: no tone")
        # Until the next look nobody waits for it.
        tries = world.tries
        with pytest.raises(FlowError, match="no tone"):
            async with links.at(NAME).use():
                raise AssertionError("it is away")
        assert world.tries == tries
        await asyncio.sleep(20)
        assert world.tries > tries
        world.away = False
        await asyncio.sleep(20)
        assert state(links) == ("open", "")

    run_virtually(main)


async def test_a_use_that_finds_it_away_shows(links: Links, world: World) -> None:
    link = links.at(NAME)
    with pytest.raises(FlowError):
        async with link.use():
            raise refused(NAME, "unknown number")
    assert state(links)[0] == "failing"
    async with link.use():
        pass
    assert state(links) == ("open", "")
    with pytest.raises(FlowError):
        async with link.use():
            raise FlowError("connector.failed", "engaged")
    assert state(links) == ("open", "")


async def test_a_secret_that_is_not_there_shows(clock: VirtualClock) -> None:
    def nothing(secret: Secret) -> str:
        raise FlowError("connector.secret", f"there is no secret {secret.secret!r}")

    class Needy(Telephone):
        """Needs a secret."""

        async def connect(self, opening: Opening) -> Client:
            opening.secret(Secret(secret="pin"))
            raise AssertionError("there is none")

    links = Links(clock)
    links.switch({NAME: Declared(Needy(), nothing, lambda path: None)})
    with pytest.raises(FlowError, match="there is no secret 'pin'"):
        await links.at(NAME).check()
    assert state(links) == ("failing", "there is no secret 'pin'")
    await links.close()


async def test_tests_of_flows_get_fakes(clock: VirtualClock, world: World) -> None:
    links = Links(clock, fakes=True)
    links.switch({NAME: declared(world)})
    await links.at(NAME).check()
    assert (world.tries, state(links)) == (0, ("open", ""))


def test_a_connection_of_another_type_is_refused(links: Links) -> None:
    found = link_of(links, NAME, Telephone(), (Telephone, Phone), Place())
    assert isinstance(found, ConnectionLink)
    with pytest.raises(DescriptorError, match="is a `telephone` connection; `phone` is needed here"):
        link_of(links, NAME, Telephone(), (Phone,), Place())


async def settled() -> None:
    """What can go on without waiting has gone on."""
    for _ in range(10):
        await asyncio.sleep(0)
