import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from airdock.builtin import catalogue as builtin
from airdock.deadletters import Filter
from airdock.server.listening import KIND
from airdock.server.serving import Serving
from airdock.server.settings import load_settings
from airdock.server.triggers import Triggers
from airdock.spec.catalogue import Catalogue
from airdock.spec.trigger import Listening, Source
from airdock.triggers.listener import ListenerState
from airdock.triggers.pauses import Pauses
from airdock.triggers.reports import Reports
from tests.service.server import write_files
from tests.unit.spec.doubles import Phone
from tests.unit.triggers.listener.broker import Broker, BrokerTrigger

NAME = "shop/orders.listener"

brokers: list[Broker] = []


class Memory(BrokerTrigger):
    """Listens to the broker of the test."""

    def source(self, listening: Listening) -> Source:
        return brokers[-1] if brokers else Broker()


class Linked(Memory):
    """The same over a connection."""

    trigger = "linked"

    def source(self, listening: Listening) -> Source:
        listening.connection("shop/line.connection", (Phone,), self.place)
        return super().source(listening)


def catalogue() -> Catalogue:
    """The usual one, and a broker in memory."""
    usual = builtin()
    return Catalogue(usual, [*usual.connections.values(), Phone], [*usual.triggers.values(), Memory, Linked])


def listener(*steps: dict[str, Any]) -> str:
    return json.dumps({"trigger": "memory", "params": {}, "steps": steps, "redelivery": {"attempts": 1}})


FAILS = {"type": "throw", "code": "shop.closed", "when": "body.fails"}


class World:
    """A process with a listener on a broker."""

    def __init__(self, home: Path) -> None:
        self.broker = Broker()
        brokers.append(self.broker)
        self.folder = write_files(home / "flows", {NAME: listener(FAILS)})
        given = {"folder": self.folder, "home": home / "home", "catalogue": f"{__name__}:catalogue"}
        self.serving = Serving(load_settings(given, {}))
        self.installation = self.serving.installation
        self.reports = Reports(self.installation.database, KIND, ListenerState)

    def states(self) -> list[str]:
        return [state.state for report in self.reports.read() for state in report.states]

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not await asyncio.to_thread(condition):  # noqa: ASYNC110 -- of another thread
                await asyncio.sleep(0.02)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path)
    serving = world.serving
    serving.load()
    serving.start(asyncio.get_running_loop())
    triggers = Triggers(serving)
    triggers.start()
    try:
        yield world
        await triggers.stop()
        assert not world.broker.open_now
        assert world.reports.read() == []
    finally:
        await serving.stop()


async def test_an_enabled_listener_works_and_tells_how_it_stands(world: World) -> None:
    message = world.broker.send({"fails": False})
    await world.until(lambda: message.accepted)
    await world.until(lambda: world.states() == ["listening"])


async def test_operators_pause_it(world: World) -> None:
    pauses = Pauses(world.installation.database)
    await world.until(lambda: world.states() == ["listening"])
    pauses.pause(NAME, "ann")
    await world.until(lambda: world.states() == ["paused"])
    message = world.broker.send({"fails": False})
    pauses.resume(NAME)
    await world.until(lambda: message.accepted)


async def test_what_fails_lies_in_the_dead_letters_and_is_sent_again(world: World) -> None:
    letters = world.installation.letters
    message = world.broker.send({"fails": True}, id="a")
    await world.until(lambda: message.accepted)
    (letter,) = letters.page(Filter(), 10)
    kept = letters.get(letter.id).content
    kept.body = {"fails": False}
    letters.edit(letter.id, kept, letter.revision)
    letters.send(Filter(ids=(letter.id,)))
    await world.until(lambda: letters.page(Filter(), 10) == [])


async def test_it_begins_anew_when_its_connection_is_another_one(world: World) -> None:
    linked = json.dumps({"trigger": "linked", "params": {}, "steps": [FAILS]})
    write_files(world.folder, {NAME: linked, "shop/line.connection": '{"type": "phone", "number": "1"}'})
    agent = world.serving.agent
    await world.until(lambda: world.broker.open_now == 1)
    await agent.update(agent.source.snapshot)
    await world.until(lambda: world.broker.opened == 2 and world.broker.open_now == 1)
    write_files(world.folder, {"shop/line.connection": '{"type": "phone", "number": "2"}'})
    await agent.update(agent.source.snapshot)
    await world.until(lambda: world.broker.opened == 3 and world.broker.open_now == 1)
    write_files(world.folder, {"shop/other.connection": '{"type": "phone", "number": "2"}'})
    await agent.update(agent.source.snapshot)
    message = world.broker.send({"fails": False})
    await world.until(lambda: message.accepted)
    assert world.broker.opened == 3
