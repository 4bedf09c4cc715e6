"""What a process may reach outside."""

import os
from pathlib import Path

import pytest

from airdock.errors import AirdockError, FlowError
from airdock.server.outside import make_commands, make_links
from airdock.server.settings import load_settings


def test_connections_reach_the_folder_of_the_home_and_those_of_the_setting(tmp_path: Path) -> None:
    more = os.pathsep.join((str(tmp_path / "a"), str(tmp_path / "b")))
    folders = make_links(load_settings({"home": tmp_path / "home", "data_folders": more}, {})).folders
    assert folders.inside("x.db") == tmp_path / "home" / "data" / "x.db"
    assert folders.inside(str(tmp_path / "b" / "x.db")) == tmp_path / "b" / "x.db"
    with pytest.raises(FlowError):
        folders.inside(str(tmp_path / "home" / "airdock.db"))


def test_flows_may_run_the_programs_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "commands.yaml"
    file.write_text("list: {program: /bin/ls}\n")
    assert list(make_commands(load_settings({"commands": file}, {})).declared) == ["list"]
    none = make_commands(load_settings({}, {}))
    assert (none.known, none.declared) == (True, {})


def test_a_file_of_commands_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    with pytest.raises(AirdockError, match="cannot be read: No such file"):
        make_commands(load_settings({"commands": tmp_path / "none.yaml"}, {}))
    (tmp_path / "wrong.yaml").write_text("list: {program: ls}\n")
    with pytest.raises(AirdockError, match="the absolute path of a program"):
        make_commands(load_settings({"commands": tmp_path / "wrong.yaml"}, {}))
