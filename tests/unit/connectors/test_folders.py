"""The folders that connections may reach."""

from pathlib import Path

import pytest

from airdock.connectors.folders import NOWHERE, AllowedFolders
from airdock.errors import FlowError


def test_relative_paths_begin_in_the_first_folder(tmp_path: Path) -> None:
    folders = AllowedFolders([tmp_path / "data", tmp_path / "more"])
    assert folders.inside("shop/orders.db") == tmp_path / "data" / "shop" / "orders.db"
    assert folders.inside(str(tmp_path / "more" / "x.db")) == tmp_path / "more" / "x.db"


@pytest.mark.parametrize("path", ["../airdock.db", "/etc/passwd", "a/../../x", "a\0b", "/"])
def test_nothing_else_is_reached(tmp_path: Path, path: str) -> None:
    with pytest.raises(FlowError) as caught:
        AllowedFolders([tmp_path / "data"]).inside(path)
    assert caught.value.code == "connector.folder"


def test_links_do_not_lead_out(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "out").symlink_to(tmp_path)
    with pytest.raises(FlowError, match="in no folder"):
        AllowedFolders([tmp_path / "data"]).inside("out/x.db")


def test_without_folders_nothing_is_reached() -> None:
    with pytest.raises(FlowError):
        NOWHERE.inside("x.db")
