"""A connection and a trigger that reach nothing, so that tests hold whatever connectors Airdock has."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from airdock import builtin
from airdock.connectors.errors import unavailable
from airdock.spec.catalogue import Catalogue
from airdock.spec.connection import Client, Connection, Opening, Secret
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Boolean, Literal, MapOf, Record, Text
from airdock.spec.trigger import Arrival, Listening, Source, Trigger


class Phone(Connection):
    """A telephone line."""

    type = "phone"
    example = {"type": "phone", "number": "555-0100"}

    number: str = field(Text(r"[\d-]+", "a number"), "Who is called.", default=REQUIRED, example="555-0100")
    pin: Secret | None = field(Record(Secret), "What the other side asks for.", example={"secret": "pin"})

    notes: dict[str, Any] = field(MapOf(Literal()), "Kept as they are.", default={})

    async def connect(self, opening: Opening) -> Client:
        raise NotImplementedError

    def fake(self) -> Client:
        raise NotImplementedError


class Echo(Connection):
    """Is there, or away, as its descriptor says."""

    type = "echo"

    away: bool = field(Boolean(), "Whether it is away.", default=False)

    async def connect(self, opening: Opening) -> Client:
        return Shout(opening.name, self.away)


class Shout(Client):
    def __init__(self, name: str, away: bool) -> None:
        self.name = name
        self.away = away

    async def check(self) -> None:
        if self.away:
            raise unavailable(self.name, "no echo")

    async def close(self) -> None:
        """There is nothing to give back."""


class Ring(Trigger):
    """Somebody calls."""

    trigger = "ring"
    example = {"line": "front"}

    line: str = field(Text(), "Which line.", default=REQUIRED, example="front")
    notes: dict[str, Any] = field(MapOf(Literal()), "Kept as they are.", default={})

    def source(self, listening: Listening) -> Source:
        return Silence()


class Silence(Source):
    """Nobody calls."""

    @asynccontextmanager
    async def open(self, prefetch: int) -> AsyncIterator[AsyncIterator[Arrival]]:
        yield self._nothing()

    async def _nothing(self) -> AsyncIterator[Arrival]:
        await asyncio.Event().wait()
        yield Arrival(None)


def catalogue() -> Catalogue:
    """The built-in types and these; for the setting of that name."""
    usual = builtin.catalogue()
    connections, triggers = usual.connections.values(), usual.triggers.values()
    return Catalogue(usual, [*connections, Phone, Echo], [*triggers, Ring])
