"""What starts runs without a request, wired to what serves the flows of a process."""

import asyncio

from airdock.server.listening import RunningListeners
from airdock.server.scheduling import RunningJobs
from airdock.server.serving import Serving


class Triggers:
    """The jobs and listeners of a process; they follow what the agent enables."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._listeners = RunningListeners(serving)
        self._jobs = RunningJobs(serving)

    def start(self) -> None:
        """Begins, on the running loop."""
        serving = self._serving
        serving.agent.on_switch.append(self._follow)
        serving.on_changes += (self._listeners.take, self._jobs.take)
        self._jobs.start()
        self._follow()

    async def stop(self) -> None:
        """Nothing new begins; runs in flight may go on for the grace period."""
        serving = self._serving
        serving.agent.on_switch.remove(self._follow)
        for take in (self._listeners.take, self._jobs.take):
            serving.on_changes.remove(take)
        grace = serving.settings.grace
        await asyncio.gather(self._jobs.stop(grace), self._listeners.stop(grace))

    def _follow(self) -> None:
        self._jobs.follow()
        self._listeners.follow()
