"""Folders and names of projects on the command line."""

from pathlib import Path

import pytest
import typer

from airdock.cli.project.target import folder_of


def test_a_folder_or_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    assert folder_of("shop") == Path("shop")
    assert folder_of(None) == Path()
    assert folder_of("other") is None


@pytest.mark.parametrize(("target", "said"), [("./none", "no folder"), ("a/b", "no folder"), ("file", "is a file")])
def test_what_can_only_be_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], target: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(typer.Exit) as ended:
        folder_of(target)
    assert ended.value.exit_code == 2
    assert said in capsys.readouterr().err
