"""The example `drop` books orders in SQLite and in PostgreSQL."""

import json
import shutil
from pathlib import Path

import pytest

from airdock.testing import FlowClient
from tests.databases import KINDS, database_url
from tests.unit.connectors.opened import flows

HEADERS = {"content-type": "text/csv"}


async def _book(client: FlowClient, *rows: str) -> int:
    content = "\n".join(("order,sku,amount", *rows)).encode()
    return (await client.post("drop/take.flow", content=content, headers=HEADERS)).status


async def _order(client: FlowClient, id: str) -> tuple[int, str]:
    result = await client.get(f"drop/orders/{id}")
    return result.status, result.text


@pytest.mark.parametrize("kind", KINDS)
async def test_orders_are_booked_together(root: Path, tmp_path: Path, kind: str) -> None:
    shutil.copytree(root / "examples" / "drop", tmp_path / "drop")
    with database_url(kind) as url:
        if url:
            (tmp_path / "drop/orders.connection").write_text(json.dumps({"type": "sql", "url": url}))
        async with flows(tmp_path) as client:
            assert await _book(client, "A-1,tea,3", "A-2,pot,1") == 200
            assert await _book(client, "A-2,pot,2", f"{'A' * 20},tea,999999") == 200
            assert await _book(client, "A-1,tea,9", "A-3,tea,no") == 400
            assert [await _order(client, id) for id in ("A-1", "A-2", "A" * 20)] == [
                (200, "3 tea\n"),
                (200, "2 pot\n"),
                (200, "999999 tea\n"),
            ]
            assert (await _order(client, "A-3"))[0] == 404
