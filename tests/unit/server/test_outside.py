"""What a process may reach outside."""

import os
from pathlib import Path

import pytest

from airdock.errors import FlowError
from airdock.server.outside import make_links
from airdock.server.settings import load_settings


def test_connections_reach_the_folder_of_the_home_and_those_of_the_setting(tmp_path: Path) -> None:
    more = os.pathsep.join((str(tmp_path / "a"), str(tmp_path / "b")))
    folders = make_links(load_settings({"home": tmp_path / "home", "data_folders": more}, {})).folders
    assert folders.inside("x.db") == tmp_path / "home" / "data" / "x.db"
    assert folders.inside(str(tmp_path / "b" / "x.db")) == tmp_path / "b" / "x.db"
    with pytest.raises(FlowError):
        folders.inside(str(tmp_path / "home" / "airdock.db"))
