"""Flows and listeners in this process, over connections to real servers that come to harm."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from airdock.agent.listening import ListenerSurroundings
from airdock.connectors.links import Links
from airdock.connectors.network import AllowedNetwork
from airdock.engine.clock import LoopClock
from airdock.engine.runtime import Runtime
from airdock.spec.descriptors import Listener
from airdock.testing import FlowClient
from airdock.triggers.listener import Listeners
from tests.unit.triggers.listener.letters import MemoryLetters

PATIENCE = 40.0
"""Seconds within which everything comes about, on a machine that has much else to do."""

NOTE = """
def service(exchange):
    with open({file!r}, "a") as file:
        file.write(str(exchange.body["id"]) + "\\n")
"""
SPOILED = 5
"""Of so many messages one is such that its work always fails."""


SPOIL = {"type": "throw", "when": f"body.id % {SPOILED} = 0", "code": "test.spoiled", "message": "no"}


class Plant:
    """A sender and a listener.

    Attributes:
        taken: Ids of messages that the broker has taken: their flow has answered so. letters: The dead letters.
        seen: The states of the listener and of the connection, in order, each once in a row.
    """

    def __init__(
        self,
        folder: Path,
        connection: dict[str, Any],
        params: dict[str, Any],
        publish: dict[str, Any],
        attempts: int = 2,
        before: Sequence[dict[str, Any]] = (SPOIL,),
        further: Mapping[str, Any] | None = None,
    ) -> None:
        """
        Args:
            connection, params, publish: The connection to the broker, what the listener listens to, where is sent to.
            attempts: Of each message. before: What the listener does before it notes a message as worked off.
            further: Further files, by path.
        """
        self._notes = folder / "notes"
        self.taken: list[int] = []
        self.letters = MemoryLetters()
        self.seen: list[tuple[str, str]] = []
        files: dict[str, Any] = {
            "p/broker.connection": connection,
            "p/orders.listener": {
                "params": {"connection": "/p/broker.connection", **params},
                "trigger": connection["type"],
                "concurrency": 4,
                "redelivery": {"attempts": attempts, "delay": "50ms", "maxDelay": "200ms"},
                "steps": [
                    *before,
                    {"type": "python", "module": "/p/note.py"},
                ],
            },
            "p/send.flow": {
                "timeout": "5s",
                "steps": [{"type": "publish", "connection": "/p/broker.connection", "id": "${body.id}", **publish}],
            },
            "p/note.py": NOTE.format(file=str(self._notes)),
            **(further or {}),
        }
        for path, content in files.items():
            file = folder / "flows" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content if isinstance(content, str) else json.dumps(content))
        links = Links(LoopClock(), AllowedNetwork(["127.0.0.0/8"]))
        self.runtime = Runtime(links=links)
        self.client = FlowClient(folder / "flows", runtime=self.runtime)
        problems = [str(each) for artefact in self.client.agent.artefacts for each in artefact.problems]
        assert not problems, problems
        agent = self.client.agent
        self.listeners = Listeners(
            lambda activity: ListenerSurroundings(activity.name, self.runtime, agent.registry),
            self.letters,
            self.runtime.clock,
            self.runtime.stores,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Plant"]:
        """The listener is there within the block."""
        self.listeners.switch(self.client.agent.activities(Listener))
        try:
            yield self
        finally:
            await self.listeners.stop(5.0)
            await self.client.close()
            await self.runtime.links.close()

    @property
    def state(self) -> str:
        """That of the listener."""
        return self.listeners.states()[0].state

    @property
    def link(self) -> str:
        """The state of the connection to the broker."""
        return self.link_of("broker")

    def link_of(self, name: str) -> str:
        """The state of a connection."""
        return next(each.state for each in self.runtime.links.states() if each.name == f"p/{name}.connection")

    @property
    def processed(self) -> Counter[int]:
        """How often each message was worked off."""
        return Counter(map(int, self._notes.read_text().split())) if self._notes.exists() else Counter()

    @property
    def dead(self) -> set[int]:
        """The messages that lie in the dead letters."""
        return {int(json.loads(letter.content.body)["id"]) for letter in self.letters.letters.values()}

    async def send(self, stop: asyncio.Event) -> None:
        """Sends one message after another; what the broker does not take is not sent again."""
        number = 0
        while not stop.is_set():
            number += 1
            result = await self.client.call("POST", "p/send.flow", json={"id": number})
            if result.status == 200:
                self.taken.append(number)
                await asyncio.sleep(0.002)
            else:
                assert result.json()["code"] in ("connector.unavailable", "connector.timeout", "flow.timeout")
                await asyncio.sleep(0.02)

    async def until(self, condition: Callable[[], object], what: str) -> None:
        """Waits until something is so, and notes the states meanwhile."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    state = (self.state, self.link)
                    if not self.seen or self.seen[-1] != state:
                        self.seen.append(state)
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(
                f"{what}: never; states {self.seen}, {len(self.taken)} taken, "
                f"{len(self.missing)} missing: {sorted(self.missing)[:20]}"
            ) from None

    async def until_worked_off(self) -> None:
        """Waits until all that was taken was worked off, or lies in the dead letters, as it ought to."""
        await self.until(lambda: not self.missing, "all is worked off")

    @property
    def missing(self) -> set[int]:
        """What was taken, and neither was worked off nor lies in the dead letters."""
        return set(self.taken) - self.processed.keys() - self.dead
