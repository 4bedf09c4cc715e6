import errno
import os
import socket
from pathlib import Path

import pytest

from airdock.agent.source import FolderSource, UnreadableFileError


def write(folder: Path, *files: str) -> None:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(file)


def test_what_belongs_to_the_registry(tmp_path: Path) -> None:
    write(
        tmp_path, "p/a.flow", "p/b.txt", "p/.hidden.flow", ".git/c.flow", "p/node_modules/d.js", "p/e.js", "f.flow.yaml"
    )
    assert list(FolderSource(tmp_path).scan()) == ["f.flow", "p/a.flow", "p/e.js"]


def test_reads_by_registry_path(tmp_path: Path) -> None:
    write(tmp_path, "p/ScriptingServices/a.js")
    source = FolderSource(tmp_path)
    source.scan()
    assert source.read("p/a.js") == b"p/ScriptingServices/a.js"
    assert source.shown("p/a.js") == "p/ScriptingServices/a.js"
    for path in ("p/ScriptingServices/a.js", "../p/a.js", "/etc/passwd", "p/../p/a.js", ""):
        assert source.read(path) is None


def test_two_files_for_one_path_are_both_left_out(tmp_path: Path) -> None:
    write(tmp_path, "p/a.flow", "p/IntegrationServices/a.flow", "p/b.flow")
    source = FolderSource(tmp_path)
    assert list(source.scan()) == ["p/b.flow"]
    assert list(source.doubles) == ["p/a.flow"]


def test_links_out_of_the_folder_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "out/secret.js", "in/p/a.flow")
    os.symlink(tmp_path / "out" / "secret.js", tmp_path / "in" / "p" / "link.js")
    os.symlink(tmp_path / "out", tmp_path / "in" / "q")
    os.symlink(tmp_path / "in" / "p" / "a.flow", tmp_path / "in" / "p" / "b.flow")
    os.symlink("loop.js", tmp_path / "in" / "p" / "loop.js")
    os.symlink(tmp_path / "out" / "secret.js", tmp_path / "in" / "p" / "link.flow")
    os.symlink("absent.flow", tmp_path / "in" / "p" / "nowhere.flow")
    source = FolderSource(tmp_path / "in")
    assert list(source.scan()) == ["p/a.flow", "p/b.flow"]
    assert source.refused == {
        "p/link.flow": "it is a link that leads out of the folder",
        "p/nowhere.flow": "it is a link that leads nowhere",
    }


def test_which_changes_concern_it(tmp_path: Path) -> None:
    source = FolderSource(tmp_path)
    root = source.root
    for file in ("p/a.flow", "p/a.py", "p", "p/project.yaml"):
        assert source.concerns(str(root / file))
    for file in (".git/index", "p/.a.flow.swp", "p/a.txt", "p/__pycache__/a.py", ".airdock/runs.db"):
        assert not source.concerns(str(root / file))


@pytest.mark.timeout(10)
def test_pipes_sockets_and_folders_are_no_files(tmp_path: Path) -> None:
    write(tmp_path, "p/a.flow", "p/folder.flow/b.flow")
    os.mkfifo(tmp_path / "p" / "pipe.flow")
    os.symlink("pipe.flow", tmp_path / "p" / "link.flow")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(tmp_path / "p" / "socket.flow"))
        source = FolderSource(tmp_path)
        assert list(source.scan()) == ["p/a.flow", "p/folder.flow/b.flow"]
        assert source.refused == dict.fromkeys(["p/link.flow", "p/pipe.flow", "p/socket.flow"], "it is no file")


def test_names_that_are_not_text_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "p/a.flow")
    odd = os.fsencode(tmp_path / "p") + b"/odd\xff"
    try:
        os.mkdir(odd)
    except OSError:
        pytest.skip("this file system refuses such names")
    Path(os.fsdecode(odd), "b.flow").write_text("")
    Path(os.fsdecode(odd + b".flow")).write_text("")
    source = FolderSource(tmp_path)
    assert list(source.scan()) == ["p/a.flow"]
    assert list(source.refused) == ["p/odd\\xff", "p/odd\\xff.flow"]


@pytest.mark.timeout(10)
@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "link of a folder above", "circle", "nothing"])
def test_what_takes_the_place_of_a_file_that_was_found_is_not_read(tmp_path: Path, kind: str) -> None:
    write(tmp_path, "out/s/secret.js", "in/p/s/secret.js")
    source = FolderSource(tmp_path / "in")
    source.scan()
    file = tmp_path / "in" / "p" / "s" / "secret.js"
    file.unlink()
    match kind:
        case "link":
            file.symlink_to(tmp_path / "out" / "s" / "secret.js")
        case "pipe":
            os.mkfifo(file)
        case "folder":
            file.mkdir()
        case "link of a folder above":
            file.parent.rmdir()
            file.parent.symlink_to(tmp_path / "out" / "s")
        case "circle":
            file.symlink_to(file.name)
    assert source.read("p/s/secret.js") is None


def test_a_link_inside_the_folder_is_read(tmp_path: Path) -> None:
    write(tmp_path, "p/a.js")
    (tmp_path / "q").mkdir()
    (tmp_path / "q" / "b.js").symlink_to("../p/a.js")
    source = FolderSource(tmp_path)
    source.scan()
    assert source.read("q/b.js") == b"p/a.js"


def test_what_the_system_refuses_is_told_without_the_path_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "p/a.flow")
    source = FolderSource(tmp_path)
    source.scan()

    def refuse(*args: object, **options: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "p/a.flow"))

    monkeypatch.setattr("airdock.agent.source.os.open", refuse)
    with pytest.raises(UnreadableFileError) as caught:
        source.read("p/a.flow")
    assert (caught.value.code, str(caught.value)) == ("descriptor.unreadable", "p/a.flow: Permission denied")
