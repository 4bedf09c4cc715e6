"""Servers for the tests of this folder."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.service.server import PATIENCE, AirdockServer, running

Start = Callable[..., AbstractContextManager[AirdockServer]]


@pytest.fixture
def airdock_server(tmp_path: Path) -> Start:
    """Starts the real program on a folder: `with airdock_server(folder, "--workers", "2") as server: ...`."""
    return partial(_start, home=tmp_path / "home")


def _start(folder: Path, *options: str, home: Path, **settings: Any) -> AbstractContextManager[AirdockServer]:
    return running(folder, home, *options, **settings)


@pytest.fixture
def wait_until() -> Callable[..., Any]:
    """Waits until an asynchronous condition holds: `await wait_until(condition)`."""

    async def wait(condition: Callable[[], Any]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not await condition():
            assert time.monotonic() < deadline, "waited in vain"
            await asyncio.sleep(0.1)

    return wait
