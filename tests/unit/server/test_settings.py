"""Settings: where they come from, what they refuse, and their page in the reference."""

from pathlib import Path

import msgspec
import pytest

from airdock.deadletters import Bounds
from airdock.runlog.settings import RunLogSettings
from airdock.server.reference import settings_page
from airdock.server.setting_values import SettingsError
from airdock.server.settings import Settings, load_settings, meta_of, variable_of

ROOT = Path(__file__).parents[3]


def test_what_is_given_comes_before_the_environment_and_that_before_the_default() -> None:
    environment = {"AIRDOCK_PORT": "9000", "AIRDOCK_WORKERS": "3", "AIRDOCK_HOST": ""}
    settings = load_settings({"port": 9100, "dev": None}, environment)
    assert (settings.port, settings.workers, settings.host, settings.dev) == (9100, 3, "127.0.0.1", False)


def test_sizes_and_times_are_read_as_people_write_them() -> None:
    settings = load_settings(
        {"max_body": "64KB", "grace": "500ms"}, {"AIRDOCK_SCRIPT_MEMORY": "33554432", "AIRDOCK_DEV": "true"}
    )
    assert (settings.max_body, settings.grace, settings.script_memory, settings.dev) == (65536, 0.5, 33554432, True)


def test_folders_become_absolute() -> None:
    settings = load_settings({"folder": "flows"}, {"AIRDOCK_HOME": "~/state"})
    assert settings.folder == Path.cwd() / "flows"
    assert settings.home == Path.home() / "state"


@pytest.mark.parametrize(
    ("given", "management_port", "management_host"),
    [
        ({}, 8081, "127.0.0.1"),
        ({"port": 9000}, 9001, "127.0.0.1"),
        ({"admin_port": 0}, 0, "127.0.0.1"),
        ({"admin_port": 7000, "host": "0.0.0.0"}, 7000, "127.0.0.1"),
        ({"port": 65535}, 0, "127.0.0.1"),
        ({"host": "::1"}, 8081, "::1"),
    ],
)
def test_the_management_port_is_the_next_one_and_local(
    given: dict[str, object], management_port: int, management_host: str
) -> None:
    settings = load_settings(given, {})
    assert (settings.management_port, settings.management_host) == (management_port, management_host)


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"port": "abc"}, "port: "),
        ({"port": 70000}, "port: "),
        ({"workers": 0}, "workers: "),
        ({"max_body": "10 apples"}, "is not a size"),
        ({"grace": "soon"}, "is not a duration"),
        ({"folder": 5}, "folder: "),
        ({"root_path": "dirigible"}, "begins with a slash"),
        ({"root_path": "/a/"}, "begins with a slash"),
        ({"admin_port": 8080}, "are the same"),
        ({"admin_port": -1}, "0 to 65535"),
        ({"prot": 1}, "no setting is called 'prot'"),
        ({"log_level": "loud"}, "log_level: "),
        ({"private_networks": "10.0.0.0/8, intranet"}, "`private_networks`: 'intranet'"),
    ],
)
def test_wrong_values_are_refused_with_a_sentence(given: dict[str, object], part: str) -> None:
    with pytest.raises(SettingsError, match=part):
        load_settings(given, {})


def test_the_variable_is_named_when_its_value_is_wrong() -> None:
    with pytest.raises(SettingsError, match="AIRDOCK_PORT: "):
        load_settings({}, {"AIRDOCK_PORT": "many"})


def test_every_setting_is_described_and_the_reference_page_is_up_to_date() -> None:
    for name in Settings.__struct_fields__:
        assert meta_of(name).description, name
        assert f"| `{name}` | `{variable_of(name)}` |" in settings_page()
    page = ROOT / "docs" / "reference" / "settings.md"
    assert page.read_text(encoding="utf-8") == settings_page(), "make it again with `make docs`"


def test_settings_travel_to_other_processes() -> None:
    import pickle

    settings = load_settings({"folder": "flows", "workers": 2}, {})
    assert pickle.loads(pickle.dumps(settings)) == settings
    assert msgspec.structs.replace(settings, port=1).port == 1


def test_the_bounds_of_the_run_log_and_of_dead_letters_are_their_own() -> None:
    settings, bounds = load_settings({}, {}), RunLogSettings()
    assert (settings.run_log_age, settings.run_log_size) == (bounds.max_age, bounds.max_size)
    assert (settings.dead_letter_age, settings.dead_letter_size) == Bounds()


def test_where_calls_may_go() -> None:
    network = load_settings({"private_networks": "10.1.0.0/16, 192.168.7.20"}, {}).network
    asked = ("10.1.2.3", "192.168.7.20", "192.168.7.21", "127.0.0.1", "8.8.8.8")
    assert [address for address in asked if network.allows(address)] == ["10.1.2.3", "192.168.7.20", "8.8.8.8"]
    assert [address for address in asked if load_settings({"dev": True}, {}).network.allows(address)] == [
        "127.0.0.1",
        "8.8.8.8",
    ]
