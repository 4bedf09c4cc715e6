"""What a folder knows of servers."""

from pathlib import Path

import pytest
import typer

from airdock.cli.project.state import NAME, State, Sync, load_state, save_state


def test_it_is_kept_in_the_folder(tmp_path: Path) -> None:
    assert load_state(tmp_path) == State()
    state = State("shop", {"http://a": Sync("ann", 4, {"a.flow": "e1"}, True, ["a.flow"])})
    save_state(tmp_path, state)
    assert load_state(tmp_path) == state
    assert [each.name for each in tmp_path.iterdir()] == [NAME]
    assert '"inWorkspace": true' in (tmp_path / NAME).read_text()


@pytest.mark.parametrize("content", [b"{", b"\xff", b'{"servers": []}'])
def test_a_damaged_one_is_told(tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(typer.Exit):
        load_state(tmp_path)
    assert "cannot be read" in capsys.readouterr().err
