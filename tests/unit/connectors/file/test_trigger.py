import json
from pathlib import Path
from typing import Any

import pytest

from airdock.testing import FlowClient


def problems(tmp_path: Path, **params: Any) -> list[str]:
    folder = tmp_path / "flows" / "p"
    folder.mkdir(parents=True)
    (folder / "drop.connection").write_text('{"type": "file", "root": "drop"}')
    listener = {
        "trigger": "file",
        "params": {"connection": "/p/drop.connection", **params},
        "steps": [{"type": "stop"}],
    }
    (folder / "a.listener").write_text(json.dumps(listener))
    client = FlowClient(tmp_path / "flows")
    return [str(problem) for artefact in client.agent.artefacts for problem in artefact.problems]


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"path": "in", "move": "done"},
        {"path": "in", "move": "/done/${file.folder}"},
        {"path": "in", "move": "/"},
        {"move": "done/${$now('[Y]')}", "moveFailed": "failed", "recursive": True, "key": "file.folder"},
        {"readLock": "doneFile", "doneFile": "${file.name}.done", "delete": True},
        {"noop": True, "moveFailed": "failed", "contentType": "text/csv; charset=latin1"},
    ],
)
def test_what_is_right(tmp_path: Path, params: dict[str, Any]) -> None:
    assert problems(tmp_path, **params) == []


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"path": "../in"}, "is no path of a file"),
        ({"move": "../done"}, "is no path of a file"),
        ({"move": "."}, "is no path of a file"),
        ({"move": ""}, "taken again there"),
        ({"move": "${file.stem}/done"}, "taken again there"),
        ({"path": "in", "move": "/in"}, "taken again there"),
        ({"path": "in", "move": "/${file.stem}"}, "taken again there"),
        ({"path": "in/x", "move": "/in", "recursive": True}, "taken again there"),
        ({"moveFailed": "/${file.stem}"}, "taken again there"),
        ({"move": "done", "delete": True}, "give one of"),
        ({"noop": True, "delete": True}, "give one of"),
        ({"doneFile": "x.done"}, "belongs to"),
        ({"readLock": "doneFile"}, "belongs to"),
        ({"contentType": "text/csv", "encoding": "latin1"}, "contentType"),
        ({"include": []}, "include"),
        ({"include": ["a\nb"]}, "glob"),
    ],
)
def test_what_is_wrong(tmp_path: Path, params: dict[str, Any], told: str) -> None:
    found = problems(tmp_path, **params)
    assert len(found) == 1
    assert told in found[0]
