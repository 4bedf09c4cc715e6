"""`airdock run`: what it refuses before anything is started."""

import socket
from pathlib import Path

import pytest

from airdock.cli.app import build_app


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str]:
    with pytest.raises(SystemExit) as ended:
        build_app()(["run", *arguments])
    return ended.value.code, capsys.readouterr().err


def test_a_folder_that_is_missing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, text = refused(capsys, str(tmp_path / "none"))
    assert code == 2
    assert f"there is no folder {tmp_path / 'none'}" in text
    assert "airdock new" in text


def test_a_file_in_place_of_a_folder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "hello.flow").write_text("{}")
    code, text = refused(capsys, str(tmp_path / "hello.flow"))
    assert code == 2
    assert "name the folder that it stands in" in text


@pytest.mark.parametrize("option", ["--port", "--admin-port"])
def test_a_port_in_use(capsys: pytest.CaptureFixture[str], tmp_path: Path, option: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        rest = ["--port", "0"] if option == "--admin-port" else ["--admin-port", "0"]
        code, text = refused(capsys, str(tmp_path), option, port, *rest)
    assert code == 1
    assert text == f"airdock: port {port} is in use by another program: choose another with {option}\n"


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--port", "99999"], "--port: "),
        (["--port", "high"], "valid integer"),
        (["--workers", "0"], "--workers: "),
        (["--max-body", "ten"], "--max-body: "),
        (["--grace", "soon"], "--grace: "),
        (["--root-path", "x"], "begins with a slash"),
        (["--port", "8080", "--admin-port", "8080"], "are the same"),
        (["--prot", "80"], "--port"),
    ],
)
def test_wrong_options(capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], part: str) -> None:
    code, text = refused(capsys, str(tmp_path), *arguments)
    assert code == 2
    assert part in " ".join(text.split())


@pytest.mark.parametrize("setting", ["commands", "connections"])
def test_a_file_that_a_setting_names_and_that_is_wrong(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    file = tmp_path / "said.yaml"
    monkeypatch.setenv(f"AIRDOCK_{setting.upper()}", str(file))
    arguments = (str(tmp_path), "--port", "0", "--home", str(tmp_path / "home"))
    code, text = refused(capsys, *arguments)
    assert (code, text) == (1, f"airdock: {setting}: {file} cannot be read: No such file or directory\n")
    file.write_text("{")
    code, text = refused(capsys, *arguments)
    assert code == 1
    assert text.startswith(f"airdock: {file}:1:")


@pytest.mark.parametrize("option", ["--host", "--admin-host"])
def test_a_network_before_there_is_an_administrator(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, option: str
) -> None:
    code, text = refused(capsys, option, "0.0.0.0", "--port", "0", "--home", str(tmp_path))
    assert code == 1
    assert "airdock users add NAME --role administrator" in text
    assert f"leave {option} out" in text


def test_a_repository_that_cannot_be_used(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").write_text("no folder")
    code, text = refused(capsys, "--port", "0", "--home", str(tmp_path / "home"))
    assert (code, text.startswith("airdock: ")) == (1, True)
    monkeypatch.setenv("AIRDOCK_DATABASE_URL", "mysql://localhost/airdock")
    code, text = refused(capsys, "--port", "0", "--home", str(tmp_path))
    assert code == 1
    assert "SQLite or PostgreSQL" in text
