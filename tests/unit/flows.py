"""Flows for tests: written into a folder and called over the handler that a server has."""

import json
from pathlib import Path
from typing import Any

from airdock.testing import FlowClient, Result


class Flows:
    """A folder of flows for one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, path: str, content: Any) -> None:
        """Writes a file: a text as it is, anything else as JSON."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content))

    def client(self) -> FlowClient:
        """The folder as it is now, compiled."""
        return FlowClient(self.folder)

    async def run(self, steps: list[Any], method: str = "GET", query: str = "", **rest: Any) -> Result:
        """Runs a flow of these steps. `flow` has its other fields; the rest is the request."""
        self.write("p/f.flow", {"steps": steps, **rest.pop("flow", {})})
        client = self.client()
        problems = [str(problem) for artefact in client.agent.artefacts for problem in artefact.problems]
        assert not problems, problems
        return await client.call(method, f"p/f.flow?{query}" if query else "p/f.flow", **rest)

    def problems(self, steps: list[Any], **flow: Any) -> list[str]:
        """What is wrong with a flow of these steps."""
        self.write("p/f.flow", {"steps": steps, **flow})
        return [str(problem) for artefact in self.client().agent.artefacts for problem in artefact.problems]


def output(message: Any = "done", **common: Any) -> dict[str, Any]:
    """An `output` step."""
    return {"type": "output", "message": message, **common}
