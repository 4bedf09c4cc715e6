"""The files of a project's folder."""

import os
from pathlib import Path

import pytest
import typer

from airdock.cli.project.files import changed_paths, etags_of, listed, read_files, write_files
from airdock.repository.bounds import MAX_FILE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "shop"
    (made / "IntegrationServices").mkdir(parents=True)
    (made / "IntegrationServices" / "order.flow").write_text("{}")
    (made / "README.md").write_text("read")
    return made


def refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(typer.Exit):
        read_files(folder)
    return capsys.readouterr().err


def test_every_file_is_read_but_what_a_server_passes_over(folder: Path) -> None:
    for name in (".git/config", "__pycache__/a.pyc", "node_modules/a/index.js", ".hidden.flow", ".airdock.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    assert read_files(folder) == {"IntegrationServices/order.flow": b"{}", "README.md": b"read"}


def test_links_inside_are_followed_and_others_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "copy.md").symlink_to("README.md")
    assert read_files(folder)["copy.md"] == b"read"
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "outside").symlink_to("/tmp")
    (folder / "nowhere").symlink_to("missing")
    said = refused(folder, capsys)
    assert "passwd: it is a link that leads out" in said
    assert "outside: it is a link that leads out" in said
    assert "nowhere: No such file" in said


def test_what_is_no_file_is_refused_and_not_waited_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(folder / "pipe")
    assert "pipe: it is no file" in refused(folder, capsys)


@pytest.mark.parametrize("name", ["a:b.flow", "aux.flow", " a.flow", "a\nb.flow"])
def test_names_that_the_repository_refuses(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / name).write_text("{}")
    assert "cannot be the name of a path" in refused(folder, capsys)


def test_a_name_that_is_no_text(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.flow")).write_text("{}")
    assert "cannot be the name of a path" in refused(folder, capsys)


def test_names_that_differ_in_case_only(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "readme.MD").write_text("x")
    assert "cannot tell" in refused(folder, capsys)


def test_a_file_that_is_too_large(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (folder / "large.json").open("wb") as stream:
        stream.truncate(MAX_FILE + 1)
    assert "more than 4 MB" in refused(folder, capsys)


def test_files_are_written_and_removed_with_empty_folders(folder: Path) -> None:
    (folder / "README.md").chmod(0o755)
    write_files(folder, {"README.md": b"new", "lib/deep/a.py": b"1", "IntegrationServices/order.flow": None})
    assert read_files(folder) == {"README.md": b"new", "lib/deep/a.py": b"1"}
    assert (folder / "README.md").stat().st_mode & 0o777 == 0o755
    assert not (folder / "IntegrationServices").exists()
    assert sorted(each.name for each in folder.iterdir()) == ["README.md", "lib"]


@pytest.mark.parametrize("path", ["../outside", "/etc/x", "a/../../b", "link/x"])
def test_nothing_is_written_outside(folder: Path, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "link").symlink_to(folder.parent)
    with pytest.raises(typer.Exit):
        write_files(folder, {path: b"x"})
    assert "cannot be written" in capsys.readouterr().err
    assert sorted(each.name for each in folder.parent.iterdir()) == ["shop"]


def test_what_changed_by_the_names_of_contents() -> None:
    before = etags_of({"a": b"1", "b": b"1", "c": b"1"})
    assert changed_paths(before, etags_of({"a": b"1", "b": b"2", "d": b"1"})) == ["b", "c", "d"]


def test_a_list_in_a_sentence() -> None:
    assert listed(["a", "b\x1b"]) == "a, b\ufffd"
    assert listed(map(str, range(12))) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"
