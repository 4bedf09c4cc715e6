import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.folders import AllowedFolders
from airdock.connectors.links import Links
from airdock.engine.clock import LoopClock
from airdock.engine.runtime import Runtime
from airdock.testing import FlowClient
from tests.unit.connectors.opening import ConnectedFlows
from tests.unit.flows import Flows


@pytest.fixture
async def flows(tmp_path: Path) -> AsyncIterator[ConnectedFlows]:
    """Flows whose connections may keep files in the folder `data`."""
    flows = ConnectedFlows(tmp_path / "flows")
    flows.runtime = Runtime(links=Links(LoopClock(), folders=AllowedFolders([tmp_path / "data"])))
    connect(flows)
    yield flows
    await flows.close()


def connect(flows: Flows, root: str = "shop") -> None:
    flows.write("p/files.connection", {"type": "file", "root": root})


def file(operation: str, path: str | None = None, **fields: Any) -> dict[str, Any]:
    given = {} if path is None else {"path": path}
    return {"type": "file", "connection": "/p/files.connection", "operation": operation, **given, **fields}


async def test_a_body_is_written_and_read(flows: ConnectedFlows, tmp_path: Path) -> None:
    result = await flows.run([file("write", "out/${body.id}.json")], "POST", json={"id": 7})
    assert result.json() == {"path": "out/7.json", "size": 8}
    assert (tmp_path / "data/shop/out/7.json").read_text() == '{"id":7}'
    assert (await flows.run([file("read", "out/7.json", encoding="utf-8")])).text == '{"id":7}'
    steps = [file("read", "out/7.json"), {"type": "unmarshal", "format": "json"}]
    assert (await flows.run(steps)).json() == {"id": 7}


async def test_every_operation(flows: ConnectedFlows) -> None:
    steps = [
        file("write", "a", content="one", result="r"),
        file("append", "a", content=" two", result="r"),
        file("mkdir", "in", result="r"),
        file("move", "a", to="in/b", result="r"),
        file("exists", "a", result="was"),
        file("list", recursive=True, result="list"),
        file("delete", "in/b", result="gone"),
        {"type": "output", "message": "${properties.was} ${properties.list[0].path} ${properties.gone}"},
    ]
    assert (await flows.run(steps)).text == "false in/b true"


async def test_a_large_file_comes_piece_by_piece(flows: ConnectedFlows, tmp_path: Path) -> None:
    (tmp_path / "data/shop").mkdir(parents=True)
    (tmp_path / "data/shop/big.csv").write_text("id\n" + "".join(f"{number}\n" for number in range(100_000)))
    result = await flows.run([file("read", "big.csv", maxSize="1KB")])
    assert result.json()["code"] == "connector.file.tooLarge"
    steps = [
        file("read", "big.csv", streaming=True),
        {"type": "unmarshal", "format": "csv", "streaming": True, "source": "body"},
        {"type": "split", "expression": "body", "steps": [{"type": "filter", "expression": "split.last", "steps": [
            {"type": "output", "message": "${body.id}"}]}]},
    ]  # fmt: skip
    assert (await flows.run(steps)).text == "99999"
    result = await flows.run([file("read", "none", streaming=True)])
    assert (result.status, result.json()["code"]) == (404, "connector.file.missing")


async def test_what_comes_piece_by_piece_is_written_so(flows: ConnectedFlows, tmp_path: Path) -> None:
    (tmp_path / "data/shop").mkdir(parents=True)
    (tmp_path / "data/shop/big").write_bytes(b"x" * 1_000_000)
    steps = [file("read", "big", streaming=True), file("write", "copy")]
    assert (await flows.run(steps)).json() == {"path": "copy", "size": 1_000_000}
    assert (tmp_path / "data/shop/copy").read_bytes() == b"x" * 1_000_000
    result = await flows.run([file("read", "big", streaming=True), file("append", "copy")])
    assert result.json()["code"] == "connector.file.content"
    csv = {"type": "unmarshal", "format": "csv", "streaming": True}
    (tmp_path / "data/shop/a.csv").write_text("id\n1\n")
    result = await flows.run([file("read", "a.csv"), csv, file("write", "rows")])
    assert result.json()["code"] == "connector.file.content"
    assert sorted(os.listdir(tmp_path / "data/shop")) == ["a.csv", "big", "copy"]


async def test_a_message_cannot_leave_the_folder(flows: ConnectedFlows, tmp_path: Path) -> None:
    for path in ("../x", "/../x", "a/../../x", "", "/"):
        result = await flows.run([file("write", "${body.p}", content="x")], "POST", json={"p": path})
        assert (result.status, result.json()["code"]) == (400, "connector.file.path")
        result = await flows.run([file("move", "a", to="${body.p}")], "POST", json={"p": path})
        assert result.json()["code"] == "connector.file.path"


@pytest.mark.parametrize("root", ["/etc", "../flows", "/"])
async def test_a_connection_reaches_only_folders_that_are_allowed(flows: ConnectedFlows, root: str) -> None:
    connect(flows, root)
    assert (await flows.run([file("list")])).json()["code"] == "connector.folder"


async def test_a_text_that_is_not_in_its_charset(flows: ConnectedFlows, tmp_path: Path) -> None:
    (tmp_path / "data/shop").mkdir(parents=True)
    (tmp_path / "data/shop/a").write_bytes(b"\xff")
    assert (await flows.run([file("read", "a", encoding="utf-8")])).json()["code"] == "connector.file.encoding"
    assert (await flows.run([file("read", "a", encoding="iso-8859-1")])).text == "ÿ"


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (file("read"), "`read` needs a `path`"),
        (file("move", "a"), "`to` belongs to `move`"),
        (file("read", "a", to="b"), "`to` belongs to `move`"),
        (file("read", "a", content="b"), "`content` belongs to"),
        (file("read", "a", streaming=True, encoding="utf-8"), "`streaming` belongs to"),
        (file("read", "a", encoding="zlib"), "a charset"),
        (file("chmod", "a"), "chmod"),
    ],
)
def test_what_is_refused(flows: ConnectedFlows, step: dict[str, Any], told: str) -> None:
    assert told in "\n".join(flows.problems([step]))


async def test_tests_of_flows_put_a_mock_in_its_place(flows: ConnectedFlows) -> None:
    flows.write("p/f.flow", {"steps": [file("read", "in/a.csv")]})
    client = FlowClient(flows.folder, mocks=[{"address": "in/*", "reply": {"body": "mocked"}}])
    assert (await client.call("GET", "p/f.flow")).text == "mocked"
