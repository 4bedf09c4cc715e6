"""Servers for the tests of this folder."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.service.server import AirdockServer, running, write_files

Start = Callable[..., AbstractContextManager[AirdockServer]]


@pytest.fixture
def airdock_server(tmp_path: Path) -> Start:
    """Starts the real program on a folder: `with airdock_server(folder, "--workers", "2") as server: ...`."""
    return partial(_start, home=tmp_path / "home")


def _start(folder: Path, *options: str, home: Path, **settings: Any) -> AbstractContextManager[AirdockServer]:
    return running(folder, home, *options, **settings)


@pytest.fixture(scope="module")
def flows_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, Any]], Path]:
    """Makes a folder of the given files."""

    def make(files: dict[str, Any]) -> Path:
        return write_files(tmp_path_factory.mktemp("flows"), files)

    return make
