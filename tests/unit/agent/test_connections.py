from pathlib import Path

import pytest

from airdock.agent.connections import ConnectionStatus, remove_states, statuses, write_states
from airdock.connectors.links import LinkState
from airdock.database import Database

CRM, SHOP = "p/crm.connection", "p/shop.connection"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(tmp_path)
    database.open()
    return database


def write(database: Database, node: str, pid: int, at: float, *states: LinkState) -> None:
    with database.writing() as connection:
        write_states(connection, node, pid, at, states)


def test_the_worst_of_all_processes_counts(database: Database) -> None:
    write(database, "a", 1, 100.0, LinkState(CRM, "http", "open", 50.0, "", 2), LinkState(SHOP, "sql", "closed", 0.0))
    write(database, "b", 1, 101.0, LinkState(CRM, "http", "failing", 90.0, "it is away", 1))
    assert statuses(database, [LinkState(CRM, "http", "open", 70.0, "", 3)], now=102.0) == [
        ConnectionStatus(CRM, "http", "failing", 90.0, "it is away", "b", 6, 3),
        ConnectionStatus(SHOP, "sql", "closed", 0.0, "", "a", 0, 0),
    ]


def test_what_was_told_last_counts(database: Database) -> None:
    write(database, "a", 1, 100.0, LinkState(CRM, "http", "failing", 90.0, "it is away"))
    write(database, "a", 1, 110.0, LinkState(CRM, "http", "open", 105.0))
    (found,) = statuses(database, [], now=112.0)
    assert (found.state, found.error) == ("open", "")


def test_processes_that_ended_or_fell_silent_are_forgotten(database: Database) -> None:
    write(database, "a", 1, 100.0, LinkState(CRM, "http", "open", 50.0))
    write(database, "a", 2, 100.0, LinkState(SHOP, "http", "open", 50.0))
    with database.writing() as connection:
        remove_states(connection, "a", 1)
    assert [each.name for each in statuses(database, [], now=101.0)] == [SHOP]
    assert statuses(database, [], now=1000.0) == []
