import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from airdock import builtin
from airdock.plugins import catalogue

MODULE = """
from airdock.spec.connection import Connection
from airdock.spec.step import Step
from airdock.spec.trigger import Trigger

class Weather(Step):
    "Tells the weather."
    type = "weather"
    group = "connectors"

class Station(Connection):
    "A weather station."
    type = "station"

class Storm(Trigger):
    "A storm comes."
    trigger = "storm"

class Second(Step):
    "Wants a word that is taken."
    type = "Output"

class Nameless(Step):
    "Has no word."

nothing = 5
"""
GOOD = "weather = plugin_of_test:Weather\nstation = plugin_of_test:Station\nstorm = plugin_of_test:Storm\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of packages that Python finds."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "plugin_of_test.py").write_text(MODULE)
    catalogue.cache_clear()
    yield tmp_path
    catalogue.cache_clear()
    sys.modules.pop("plugin_of_test", None)


def install(site: Path, entry_points: str) -> None:
    info = site / "airdock_test-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: airdock-test\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[airdock]\n{entry_points}")


def test_types_of_other_packages_are_like_built_in_ones(site: Path) -> None:
    install(site, GOOD)
    found = catalogue()
    assert found.find("WEATHER") is not None
    assert "station" in found.connections
    assert "storm" in found.triggers
    assert set(builtin.catalogue().names()) < set(found.names())


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("a = plugin_of_test:Absent", "of the package airdock-test cannot be loaded"),
        ("a = absent_module:X", "cannot be loaded"),
        ("a = plugin_of_test:nothing", "is no step, connection or trigger: plugin_of_test:nothing"),
        ("a = plugin_of_test:Second", "there is a step 'output' already"),
        ("a = plugin_of_test:Nameless", "has no `type` or `trigger`"),
    ],
)
def test_what_cannot_be_used_is_left_out_with_a_warning(
    site: Path, caplog: pytest.LogCaptureFixture, entry: str, told: str
) -> None:
    install(site, f"{GOOD}{entry}\n")
    with caplog.at_level(logging.WARNING):
        found = catalogue()
    assert told in caplog.text
    assert found.find("weather") is not None
    assert len(found.names()) == len(builtin.catalogue().names()) + 1
