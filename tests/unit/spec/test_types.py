import sys
from pathlib import Path

import pytest

from airdock.spec.types import Place, Types


@pytest.fixture
def types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Types[object]:
    """Three types, one of which stands in a module that nobody imported yet."""
    (tmp_path / "far_away.py").write_text("class Found: ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "far_away", raising=False)
    return Types("thing", [("Near", int), ("Far", Place("Far", "far_away", "Found")), ("other", str)])


def test_a_type_is_imported_when_it_is_asked_for(types: Types[object]) -> None:
    assert "far" in types
    assert list(types) == ["near", "far", "other"]
    assert types.names == ["Near", "Far", "other"]
    assert types["near"] is int
    assert "far_away" not in sys.modules
    found = types["far"]
    assert found.__name__ == "Found"
    assert types.get("far") is found is list(types.values())[1]


def test_a_word_that_nobody_has_is_no_type(types: Types[object]) -> None:
    assert types.get("farr") is None
    assert "Far" not in types  # asked for in lower case
