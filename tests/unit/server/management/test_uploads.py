"""The room that all bodies share."""

from typing import Any

import httpx
import pytest
from litestar.exceptions import ServiceUnavailableException

from airdock.server.management.uploads import Upload
from airdock.triggers.http import Room
from tests.unit.server.management.installation import Installation


async def test_what_is_taken_is_given_back_however_the_request_ends() -> None:
    room = Room(10)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"123456", "more_body": True}

    with Upload(room, receive) as take:
        await take()
        assert room.left == 4
        with pytest.raises(ServiceUnavailableException, match="in flight"):
            await take()
    assert room.left == 10


async def test_who_comes_when_there_is_no_room_is_told_to_come_again(served: Installation) -> None:
    room = served.app.room
    before, room.left = room.left, 1000
    async with served.client() as client:
        await client.put("/workspace/store", json={})
        refused = await client.put("/workspace/store/files/x.bin", content=bytes(1001))
        assert (refused.status_code, refused.json()["code"]) == (503, "request.busy")
        assert refused.headers["retry-after"] == "1"
        room.left = before
        assert (await _put(client)).status_code == 200
    assert room.left == before


async def _put(client: httpx.AsyncClient) -> httpx.Response:
    return await client.put("/workspace/store/files/x.bin", content=bytes(1001))
