from typing import Any

import pytest

from airdock.lint.rules.unknown_connection import CODE
from airdock.spec.fields import field
from airdock.spec.kinds import TEXT_TEMPLATE
from airdock.spec.step import Step
from tests.unit.lint.finding import found, problems_in


class Ask(Step):
    """Asks a service."""

    type = "ask"
    connection: Any = field(TEXT_TEMPLATE, "How the service is reached.")


def ask(connection: str) -> list[Any]:
    return [{"type": "ask", "connection": connection}]


ORDERS = {"type": "http"}


def test_a_connection_that_is_not_there() -> None:
    assert found(CODE, ask("ordrs"), Ask, orders_connection=ORDERS) == [
        "$.steps[0].connection there is no connection 'ordrs'"
    ]


@pytest.mark.parametrize("name", ["orders", "shared", "/p/orders.connection", "p/orders", "${body.name}"])
def test_connections_that_are_there_or_may_be(name: str) -> None:
    files = {"p/a.flow": {"steps": ask(name)}, "p/orders.connection": ORDERS, "shared.connection": ORDERS}
    assert problems_in(files, Ask) == []


def test_of_another_project() -> None:
    files = {"p/a.flow": {"steps": ask("orders")}, "q/orders.connection": ORDERS}
    assert [each.code for each in problems_in(files, Ask)] == [CODE]


def test_of_a_listener() -> None:
    listener = {"trigger": "kafka", "params": {"connection": "brokr"}, "steps": [{"type": "stop"}]}
    (problem,) = problems_in({"p/a.listener": listener, "p/broker.connection": {"type": "kafka"}})
    assert (problem.code, problem.hint) == (CODE, "did you mean 'broker'?")
