"""Where a server may listen before there is an administrator."""

from typing import Any

import pytest

from airdock.server.exposure import ExposureError, check_exposure, is_this_machine
from airdock.server.settings import load_settings


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"host": "0.0.0.0"}, "--host"),
        ({"host": "::"}, "--host"),
        ({"admin_host": "0.0.0.0"}, "--admin-host"),
        ({"folder": ".", "admin_host": "0.0.0.0"}, "--admin-host"),
        ({"host": "no.such.name.invalid"}, "--host"),
    ],
)
def test_a_network_needs_an_administrator(given: dict[str, Any], option: str) -> None:
    settings = load_settings(given, {})
    with pytest.raises(ExposureError, match="airdock users add NAME --role administrator") as refused:
        check_exposure(settings, lambda: False)
    assert refused.value.option == option
    check_exposure(settings, lambda: True)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"host": "localhost"},
        {"host": "::1"},
        {"admin_host": "127.0.0.2"},
        {"folder": ".", "host": "0.0.0.0"},
        {"folder": ".", "host": "0.0.0.0", "admin_host": "0.0.0.0", "admin_port": 0},
    ],
)
def test_this_machine_and_the_flows_of_a_folder_need_none(given: dict[str, Any]) -> None:
    def fail() -> bool:
        raise AssertionError("nobody need be asked")

    check_exposure(load_settings(given, {}), fail)


def test_what_is_this_machine() -> None:
    assert [is_this_machine(host) for host in ("127.0.0.1", "127.1.2.3", "::1", "localhost")] == [True] * 4
    assert [is_this_machine(host) for host in ("0.0.0.0", "::", "10.0.0.1", "")] == [False] * 4
