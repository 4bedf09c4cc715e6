from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.command.commands import Commands
from airdock.connectors.links import Links
from airdock.engine.clock import LoopClock
from airdock.engine.runtime import Runtime
from airdock.spec.command import AllowedCommand
from airdock.testing import FlowClient
from tests.unit.connectors.opening import ConnectedFlows

SHELL: dict[str, Any] = {"program": "/bin/sh", "max_arguments": 9}


@pytest.fixture
async def flows(tmp_path: Path) -> AsyncIterator[ConnectedFlows]:
    """Flows of an installation that allows some commands."""
    flows = ConnectedFlows(tmp_path / "flows")
    commands = Commands(
        {
            "words": AllowedCommand(arguments=["-c", 'printf "%s|" "$@"', "sh"], **SHELL),
            "cat": AllowedCommand(program="/bin/cat"),
            "fail": AllowedCommand(arguments=["-c", 'echo "not so" >&2; exit $1', "sh"], **SHELL),
            "bytes": AllowedCommand(arguments=["-c", "printf '\\377'"], program="/bin/sh"),
            "other": AllowedCommand(program="/bin/true", projects=["q"]),
            "slow": AllowedCommand(program="/bin/sleep", arguments=["60"]),
        }
    )
    flows.runtime = Runtime(links=Links(LoopClock(), commands=commands))
    yield flows
    await flows.close()


def command(name: str, *arguments: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "command", "command": name, "arguments": [*arguments], **fields}


async def test_arguments_come_from_the_message(flows: ConnectedFlows) -> None:
    steps = [command("words", "${body.name}", "n=${body.n}", "${body.n}")]
    result = await flows.run(steps, "POST", json={"name": "a b; id", "n": 7})
    assert result.json() == {"status": 0, "output": "a b; id|n=7|7|", "error": ""}
    result = await flows.run(steps, "POST", json={"name": "-x", "n": 7})
    assert (result.status, result.json()["code"]) == (400, "connector.command.argument")
    result = await flows.run(steps, "POST", json={"n": 7})
    assert "got null as argument 1" in result.json()["detail"]


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        ({}, '{"id": 7}'),
        ({"input": "${body.id}"}, "7"),
        ({"input": {"a": "${body.id}"}}, '{"a":7}'),
        ({"input": "text ü"}, "text ü"),
        ({"input": None}, ""),
    ],
)
async def test_what_it_reads(flows: ConnectedFlows, fields: dict[str, Any], read: str) -> None:
    result = await flows.run([command("cat", **fields)], "POST", json={"id": 7})
    assert result.json()["output"].replace(" ", "") == read.replace(" ", "")


async def test_a_body_that_a_step_made_is_read(flows: ConnectedFlows) -> None:
    assert (await flows.run([{"type": "set", "body": [1, 2]}, command("cat")])).json()["output"] == "[1,2]"


async def test_a_status_that_is_not_expected_fails(flows: ConnectedFlows) -> None:
    result = await flows.run([command("fail", 3)])
    assert (result.status, result.json()["code"]) == (502, "connector.command.status")
    assert "'fail' ended with status 3: not so" in result.json()["detail"]
    assert (await flows.run([command("fail", 3, expect=[0, 3])])).json()["status"] == 3


async def test_output_in_its_charset(flows: ConnectedFlows) -> None:
    assert (await flows.run([command("bytes")])).json()["code"] == "connector.command.encoding"
    assert (await flows.run([command("bytes", encoding="iso-8859-1")])).json()["output"] == "ÿ"
    steps = [command("bytes", encoding="binary"), {"type": "set", "body": "${body.output}"}]
    assert (await flows.run(steps)).content == b"\xff"


async def test_the_timeout_of_the_step(flows: ConnectedFlows) -> None:
    assert (await flows.run([command("slow", timeout="200ms")])).json()["code"] == "step.timeout"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("wrods", "allows no command 'wrods'"),
        ("wrods", "did you mean 'words'?"),
        ("xyz", "there are words, cat"),
        ("other", "allows no command 'other' to flows of the project 'p'"),
        ("../x", "the name of a command"),
        ("${body.x}", "the name of a command"),
    ],
)
def test_only_what_the_installation_allows(flows: ConnectedFlows, name: str, told: str) -> None:
    flows.write("p/f.flow", {"steps": [command(name)]})
    problems = [each for artefact in flows.client().agent.artefacts for each in artefact.problems]
    assert told in "\n".join(f"{each.message} {each.hint}" for each in problems)


async def test_without_word_of_the_installation_none_runs(tmp_path: Path) -> None:
    flows = ConnectedFlows(tmp_path)
    flows.runtime = Runtime()
    assert (await flows.run([command("words")])).json()["code"] == "connector.command.unknown"


async def test_tests_of_flows_have_a_fake_or_a_mock(flows: ConnectedFlows) -> None:
    flows.write("p/f.flow", {"steps": [command("words", "x", input="read")]})
    fakes = FlowClient(flows.folder, runtime=Runtime(links=Links(LoopClock(), fakes=True)))
    assert (await fakes.call("GET", "p/f.flow")).json() == {"status": 0, "output": "read", "error": ""}
    client = FlowClient(flows.folder, mocks=[{"address": "wor*", "reply": {"body": "mocked"}}])
    assert (await client.call("GET", "p/f.flow")).text == "mocked"
