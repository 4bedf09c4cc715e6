import asyncio

from airdock.connectors.links import Links
from airdock.connectors.network import PUBLIC
from airdock.connectors.unnamed import UnnamedLink
from airdock.engine.clock import LoopClock
from airdock.spec.connection import Client, Connection, Opening


class Line(Client):
    closed = 0

    async def check(self) -> None: ...

    async def close(self) -> None:
        self.closed += 1


class Open(Connection):
    """What anybody may use."""

    type = "open"
    lines: list[Line]

    async def connect(self, opening: Opening) -> Client:
        await asyncio.sleep(0)
        self.lines.append(Line())
        return self.lines[-1]

    def fake(self) -> Client:
        return Line()


def opened() -> Open:
    made = Open()
    made.lines = []
    return made


async def use(link: UnnamedLink) -> Line:
    async with link.use() as line:
        assert isinstance(line, Line)
        return line


async def test_all_that_name_none_share_one() -> None:
    links, connection = Links(LoopClock()), opened()
    link = links.unnamed(connection)
    assert links.unnamed(opened()) is link
    first, second = await asyncio.gather(use(link), use(link))
    assert first is second
    assert [line.closed for line in connection.lines if line is not first] == [1]
    assert links.states() == []
    await links.close()
    assert first.closed == 1
    assert await use(link) is not first


async def test_tests_of_flows_have_its_fake() -> None:
    connection = opened()
    line = await use(UnnamedLink(connection, PUBLIC, LoopClock(), fakes=True))
    assert (isinstance(line, Line), connection.lines) == (True, [])
