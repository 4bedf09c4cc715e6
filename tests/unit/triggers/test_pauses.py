from airdock.database import Database, changes_since
from airdock.triggers.pauses import TOPIC, Pauses

NAME = "shop/orders.listener"


def test_a_pause_holds_until_somebody_ends_it(database: Database) -> None:
    pauses = Pauses(database)
    assert pauses.all() == {}
    assert pauses.pause(NAME, "ann")
    assert not pauses.pause(NAME, "ben")
    (pause,) = Pauses(database).all().values()
    assert (pause.name, pause.by) == (NAME, "ann")
    assert pauses.resume(NAME)
    assert not pauses.resume(NAME)
    assert pauses.all() == {}


def test_a_pause_is_told_to_all_processes(database: Database) -> None:
    pauses = Pauses(database)
    pauses.pause(NAME, "ann")
    pauses.resume(NAME)
    with database.reading() as connection:
        changes = changes_since(connection, 0) or []
    assert [(change.topic, change.name) for change in changes] == [(TOPIC, NAME)] * 2
