"""Advice about an address that nothing answers at."""

import pytest

from airdock.triggers.http.advice import nearest_address

KNOWN = ("/services/flow/shop/order.flow", "/services/flow/shop/price.flow", "/services/flow/hello.flow")


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("/services/flow/shop/ordr.flow", "did you mean /services/flow/shop/order.flow?"),
        ("/services/flow/shop/order.flow.yaml", "did you mean /services/flow/shop/order.flow?"),
        ("/services/flow/order.flow", "did you mean /services/flow/shop/order.flow?"),
        ("/services/flow/shop/hello.flow", "did you mean /services/flow/hello.flow?"),
        ("/shop/price.flow", "did you mean /services/flow/shop/price.flow?"),
        ("/", "/services/openapi.json lists the flows"),
        ("/favicon.ico", "/services/openapi.json lists the flows"),
        ("/" + "x" * 10_000, "/services/openapi.json lists the flows"),
    ],
)
def test_the_nearest_address_is_told(path: str, advice: str) -> None:
    assert nearest_address(path, KNOWN) == advice


def test_the_prefix_of_all_addresses_is_written_in_front() -> None:
    assert nearest_address("/order.flow", KNOWN, "/api") == "did you mean /api/services/flow/shop/order.flow?"
    assert nearest_address("/", KNOWN, "/api") == "/api/services/openapi.json lists the flows"


def test_among_very_many_addresses_none_is_looked_for() -> None:
    assert "lists the flows" in nearest_address("/a7.flow", [f"/a{number}.flow" for number in range(2000)])
