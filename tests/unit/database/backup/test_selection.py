"""A backup without secrets leaves out every column that sounds like one: a new one must be named, or listed here."""

import re

from airdock.database import Database
from airdock.database.backup.selection import SECRET_COLUMNS, SECRET_TABLES, TRANSIENT, Selection, without
from tests.unit.database.backup.filling import tables_of

SOUNDS_SECRET = re.compile(r"passw|secret|token|hash|salt|key|cipher|nonce|credential|session|private")
HARMLESS = {
    ("attempts", "key"),  # of whom attempts to sign in are counted
    ("seen_signatures", "key"),  # a digest of what came
    ("state_entries", "key"),  # what messages are told apart by
    ("state_groups", "key"),
}


def test_what_sounds_secret_is_left_out(database: Database) -> None:
    selection = Selection(secrets=False)
    with database.reading() as connection:
        tables = tables_of(connection)
    for table in tables:
        hidden = selection.hidden(table.name, list(table.kinds))
        shown = [column for place, column in enumerate(table.kinds) if place not in hidden]
        for column in shown if selection.has(table.name) else []:
            assert not SOUNDS_SECRET.search(column) or (table.name, column) in HARMLESS, f"{table.name}.{column}"


def test_what_is_named_is_there_and_may_be_null(database: Database) -> None:
    with database.reading() as connection:
        tables = {each.name: each for each in tables_of(connection)}
    assert set(tables) >= TRANSIENT | SECRET_TABLES
    for table, column in SECRET_COLUMNS:
        assert column in tables[table].kinds


def test_everything_but_what_is_transient_belongs_to_a_whole_backup() -> None:
    selection = Selection(secrets=True)
    assert selection.has("secrets")
    assert not selection.has("sessions")
    assert selection.hidden("users", ["name", "password"]) == []


def test_hidden_values_are_null() -> None:
    assert without(["a", "b"], Selection(secrets=False).hidden("users", ["name", "password"])) == ["a", None]
