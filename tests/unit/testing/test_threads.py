"""Scripts in threads, in virtual time."""

import asyncio

import pytest

from airdock.engine.runtime import Runtime
from airdock.testing import FlowClient, Result
from airdock.testing.virtual import StuckError, VirtualClock, run_virtually
from tests.unit.flows import Flows, output

PYTHON = "def service(exchange):\n    return sum(range(1000))\n"
SCRIPTS = {"python": ("p/x.py", PYTHON), "javascript": ("p/x.js", "exports.service = () => 499500;")}


def call(flows: Flows, longest: float = 100) -> tuple[Result, float]:
    async def main() -> tuple[Result, float]:
        client = FlowClient(flows.folder, runtime=Runtime(clock=VirtualClock()))
        result = await client.get("p/f.flow")
        return result, asyncio.get_running_loop().time()

    return run_virtually(main, longest)


@pytest.mark.parametrize("language", SCRIPTS)
def test_time_stands_still_while_a_script_runs(flows: Flows, language: str) -> None:
    module, text = SCRIPTS[language]
    flows.write(module, text)
    script = {"type": language, "module": f"/{module}", "timeout": "1s"}
    flows.write("p/f.flow", {"steps": [script, {"type": "delay", "duration": "1h"}, output("${body}")]})
    result, at = call(flows)
    assert (result.text, at) == ("499500", 3600)


def test_a_script_without_end_is_cut_off_by_its_timeout(flows: Flows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airdock.testing.virtual.PATIENCE", 0.01)
    flows.write("p/x.py", "def service(exchange):\n    while True:\n        pass\n")
    flows.write("p/f.flow", {"steps": [{"type": "python", "module": "/p/x.py", "timeout": "50ms"}]})
    result, at = call(flows)
    assert (result.status, result.json()["code"], at) == (504, "step.timeout", 0.05)


def test_a_script_without_end_or_timeout_is_given_up(flows: Flows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airdock.testing.virtual.PATIENCE", 0.01)
    flows.write("p/x.py", "def service(exchange):\n    while True:\n        pass\n")
    flows.write("p/f.flow", {"steps": [{"type": "python", "module": "/p/x.py"}]})
    with pytest.raises(StuckError, match="real time"):
        call(flows, 0.05)
