"""A connection to a service that tests take away."""

import asyncio

from airdock.connectors.errors import unavailable
from airdock.connectors.opened import Declared
from airdock.spec.connection import Client, Connection, Opening

NAME = "p/line.connection"


class Line(Client):
    def __init__(self, world: "World") -> None:
        self.world = world
        self.closed = 0

    async def check(self) -> None:
        self.world.checks += 1
        if self.world.away:
            raise unavailable(NAME, "no tone")

    async def close(self) -> None:
        self.closed += 1


class World:
    """The other side."""

    def __init__(self) -> None:
        self.away = False
        self.checks = 0
        self.lines: list[Line] = []
        self.tries = 0
        self.gate: asyncio.Event | None = None


class Telephone(Connection):
    """A telephone."""

    type = "telephone"
    world: World

    async def connect(self, opening: Opening) -> Client:
        self.world.tries += 1
        if self.world.gate is not None:
            await self.world.gate.wait()
        if self.world.away:
            raise unavailable(opening.name, "no tone")
        self.world.lines.append(Line(self.world))
        return self.world.lines[-1]

    def fake(self) -> Client:
        return Line(World())


def declared(world: World) -> Declared:
    connection = Telephone()
    connection.world = world
    return Declared(connection, lambda secret: secret.secret, lambda path: None)
