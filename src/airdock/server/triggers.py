"""What starts runs without a request, wired to what serves the flows of a process."""

from airdock.server.listening import RunningListeners
from airdock.server.serving import Serving
from airdock.spec.descriptors import Job


class Triggers:
    """The jobs and listeners of a process; they follow what the agent enables."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._listeners = RunningListeners(serving)

    def start(self) -> None:
        """Begins, on the running loop."""
        serving = self._serving
        serving.agent.on_switch.append(self._follow)
        serving.on_changes.append(self._listeners.take)
        self._follow()

    async def stop(self) -> None:
        """Nothing new begins; runs in flight may go on for the grace period."""
        serving = self._serving
        serving.agent.on_switch.remove(self._follow)
        serving.on_changes.remove(self._listeners.take)
        await self._listeners.stop(serving.settings.grace)

    def _follow(self) -> None:
        self._serving.agent.activities(Job)
        self._listeners.follow()
