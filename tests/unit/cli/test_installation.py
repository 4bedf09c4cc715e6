from pathlib import Path

import pytest
from typer import Exit

from airdock.cli.installation import local_database, settings_of


def test_home_that_is_given_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRDOCK_HOME", str(tmp_path / "other"))
    assert settings_of(tmp_path / "home").home == tmp_path / "home"
    assert settings_of(None).home == tmp_path / "other"


def test_setting_that_cannot_be_used_ends_the_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AIRDOCK_PORT", "none")
    with pytest.raises(Exit) as caught:
        settings_of(None)
    assert caught.value.exit_code == 2
    assert "AIRDOCK_PORT" in capsys.readouterr().err


def test_database_is_that_of_the_home(tmp_path: Path) -> None:
    with local_database(settings_of(tmp_path / "home")) as database:
        database.open()
    assert (tmp_path / "home" / "airdock.db").is_file()
