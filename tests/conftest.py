"""What every test relies on: a home of its own, no settings of the machine, unhurried property tests."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from airdock.database import Database
from tests.databases import KINDS, database_url

ROOT = Path(__file__).resolve().parent.parent

# A busy machine makes single examples slow; a time limit for them would make tests fail by chance.
settings.register_profile("airdock", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("airdock")


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Packed bytes may hold the time of their making: no name for a test, which all processes call the same."""
    return argname if isinstance(val, bytes) and not (val.isascii() and val.decode().isprintable()) else None


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Sets temporary folders for state and for tokens, and clears Airdock's settings: no test reads the user's."""
    home = tmp_path_factory.mktemp("airdock-home")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("AIRDOCK_") and name != "AIRDOCK_JSONATA_SUITE":
                patch.delenv(name)
        patch.setenv("AIRDOCK_HOME", str(home))
        patch.setenv("XDG_CONFIG_HOME", str(home / "config"))
        yield home


@pytest.fixture(autouse=True)
def own_logging(pytestconfig: pytest.Config) -> None:
    """Each test begins with the levels of a new process, whatever a test or a library before it has set."""
    logging.disable(logging.NOTSET)
    logging.getLogger().setLevel(logging.WARNING)
    for name in [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "airdock"]:
        logging.getLogger(name).setLevel(logging.NOTSET)
        logging.getLogger(name).disabled = False
    plugin: Any = pytestconfig.pluginmanager.get_plugin("logging-plugin")
    plugin.caplog_handler.setLevel(logging.NOTSET)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An open, empty database of each kind."""
    with database_url(request.param) as url:
        made = Database(tmp_path / "home", url)
        made.open()
        yield made
        made.close()
