"""What a broker gives a listener that is no message at all: it lies in the dead letters, and the next one is taken."""

import gzip
from pathlib import Path

import pytest

from airdock.connectors.broker import Message
from tests.robustness.faults import servers
from tests.robustness.faults.plant import Plant

pytestmark = [pytest.mark.slow, pytest.mark.services]

JSON = "application/json"
PACKED = {"content-encoding": "gzip"}
HOSTILE = {
    "cut off": Message("orders", b'{"id": 1', "cut", True, JSON),
    "deep": Message("orders", b"[" * 200_000, "deep", True, JSON),
    "not in its charset": Message("orders", b'{"id": "\xff"}', "bytes", True, f"{JSON}; charset=utf-8"),
    "of no charset": Message("orders", b"hello", "klingon", True, "text/plain; charset=klingon"),
    "a bomb": Message("orders", gzip.compress(b" " * 100_000_000), "bomb", True, JSON, PACKED),
    "not packed": Message("orders", b'{"id": 1}', "packed", True, JSON, PACKED),
}


async def test_hostile_content_is_put_aside_at_once(tmp_path: Path) -> None:
    with servers.redis(tmp_path) as server:
        connection = {"type": "redis", "url": f"redis://127.0.0.1:{server.port}"}
        async with Plant(tmp_path, connection, {"queue": "orders"}, {"queue": "orders"}).running() as plant:
            large = Message("orders", b'{"id": 1, "text": "' + b"x" * 5_000_000 + b'"}', "large", True, JSON)
            async with plant.runtime.links.at("p/broker.connection").use() as client:
                for message in (*HOSTILE.values(), large):
                    await client.publish(message)
            letters = plant.letters.letters
            await plant.until(lambda: len(letters) == len(HOSTILE), "all of it lies in the dead letters")
            await plant.until(lambda: plant.processed == {1: 1}, "what is large, and well, is worked off")
            assert {each.content.id for each in letters.values()} == {each.id for each in HOSTILE.values()}
            codes = {each.content.id: each.death.code for each in letters.values()}
            assert codes.pop("bomb") == "request.tooLarge"
            assert set(codes.values()) == {"request.body"}
            assert {each.death.attempts for each in letters.values()} == {1}
            assert plant.state == "listening"
