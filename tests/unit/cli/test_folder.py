"""How a flow of a folder is named."""

from pathlib import Path

import pytest
import typer

from airdock.cli.folder import checked_folder, load_agent, near_or_some, registry_path_of


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "a.flow.yaml").write_text("steps: []")
    (tmp_path / "other.flow").write_text("{}")
    return {"shop/a.flow": tmp_path / "shop" / "a.flow.yaml"}


def test_a_file_is_its_address(files: dict[str, Path], tmp_path: Path) -> None:
    assert registry_path_of("shop/a.flow.yaml", Path(), files) == "shop/a.flow"
    assert registry_path_of("./shop/../shop/a.flow.yaml", Path(), files) == "shop/a.flow"
    assert registry_path_of(str(tmp_path / "shop" / "a.flow.yaml"), Path(), files) == "shop/a.flow"


@pytest.mark.parametrize("written", ["shop/a.flow", "/services/flow/shop/a.flow", "shop", ""])
def test_what_is_no_file_is_left_alone(files: dict[str, Path], written: str) -> None:
    assert registry_path_of(written, Path(), files) is None


@pytest.mark.parametrize("written", ["other.flow", "./none.flow", "../none.flow", "/none.flow"])
def test_a_file_that_is_not_of_the_folder(files: dict[str, Path], written: str) -> None:
    with pytest.raises(typer.Exit) as ended:
        registry_path_of(written, Path(), files)
    assert ended.value.exit_code == 2


def test_a_folder(tmp_path: Path, files: dict[str, Path]) -> None:
    assert checked_folder(tmp_path) == tmp_path
    assert [artefact.path for artefact in load_agent(tmp_path).artefacts] == ["other.flow", "shop/a.flow"]


def test_the_nearest_or_some() -> None:
    assert near_or_some("shop/helo.flow", ["shop/hello.flow", "x.flow"]) == "did you mean shop/hello.flow?"
    assert near_or_some("zzz", [f"{number}.flow" for number in range(11)]).endswith("9.flow, …")
    assert near_or_some("zzz", []) == ""


def test_commands_are_those_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.flow").write_text('{"steps": [{"type": "command", "command": "lsit"}]}')
    assert not load_agent(tmp_path).artefacts[0].problems
    (tmp_path / "commands.yaml").write_text("list: {program: /bin/ls}\n")
    monkeypatch.setenv("AIRDOCK_COMMANDS", str(tmp_path / "commands.yaml"))
    (problem,) = load_agent(tmp_path).artefacts[0].problems
    assert problem.hint == "did you mean 'list'?"
    (tmp_path / "commands.yaml").write_text("list: {program: ls}\n")
    with pytest.raises(typer.Exit):
        load_agent(tmp_path)
