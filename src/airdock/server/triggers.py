"""What starts runs without a request, wired to what serves the flows of a process."""

from airdock.server.serving import Serving
from airdock.spec.descriptors import Job, Listener


class Triggers:
    """The jobs and listeners of a process; they follow what the agent enables."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    def start(self) -> None:
        """Begins, on the running loop."""
        self._serving.agent.on_switch.append(self._follow)
        self._follow()

    async def stop(self) -> None:
        """Nothing new begins; runs in flight may go on for the grace period."""
        self._serving.agent.on_switch.remove(self._follow)

    def _follow(self) -> None:
        agent = self._serving.agent
        agent.activities(Job)
        agent.activities(Listener)
