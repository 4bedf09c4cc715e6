from pathlib import Path
from typing import Any

import pytest

from airdock.server.setting_values import SettingsError, value_of


@pytest.mark.parametrize(
    ("value", "kind", "unit", "expected"),
    [
        ("10MB", int, "bytes", 10 * 1024**2),
        ("90s", float, "seconds", 90.0),
        ("1.5", float, "seconds", 1.5),
        (" 8 ", int, None, 8),
        ("/srv", Path, None, Path("/srv")),
        ("true", bool, None, True),
    ],
)
def test_values_are_read_as_people_write_them(value: str, kind: Any, unit: str | None, expected: object) -> None:
    assert value_of("x", value, kind, unit, "--x") == expected


@pytest.mark.parametrize(
    ("value", "kind", "unit"), [("10s", int, "bytes"), ("soon", float, "seconds"), (5, Path, None)]
)
def test_what_cannot_be_used_is_told_by_its_label(value: object, kind: Any, unit: str | None) -> None:
    with pytest.raises(SettingsError, match="AIRDOCK_X: ") as caught:
        value_of("x", value, kind, unit, "AIRDOCK_X")
    assert caught.value.setting == "x"
