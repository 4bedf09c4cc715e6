"""Tokens that are kept."""

from pathlib import Path

import pytest
import typer

from airdock.cli.credentials import (
    Credential,
    Credentials,
    credentials_file,
    load_credentials,
    save_credentials,
)


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path


def test_only_the_owner_can_read_them(config: Path) -> None:
    assert load_credentials() == Credentials()
    kept = Credentials("http://a", {"http://a": Credential("ann", "adk_secret")})
    for _ in range(2):
        save_credentials(kept)
        assert load_credentials() == kept
    file = credentials_file()
    assert file == config / "airdock" / "credentials.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in file.parent.iterdir()] == ["credentials.json"]


def test_a_token_is_not_shown() -> None:
    assert "adk_secret" not in repr(Credentials("", {"http://a": Credential("ann", "adk_secret")}))


def test_a_damaged_file_is_told_without_what_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    save_credentials(Credentials())
    credentials_file().write_text('{"servers": {"http://a": {"token": "adk_secret"}}}')
    with pytest.raises(typer.Exit):
        load_credentials()
    said = capsys.readouterr().err
    assert "damaged" in said
    assert "adk_secret" not in said


def test_without_a_folder_of_the_desktop_it_is_in_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    assert credentials_file({}) == Path.home() / ".config" / "airdock" / "credentials.json"
    assert credentials_file({"XDG_CONFIG_HOME": "relative"}).is_relative_to(Path.home())
