import contextlib
import os
import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from airdock.database import Change, ChangeWatch, Database, DatabaseError, changes_since, current_cursor, note_change
from airdock.database.schema import head, revision_of
from tests.databases import postgresql_database


def note(database: Database, topic: str = "registry", name: str = "shop") -> None:
    with database.writing() as connection:
        note_change(connection, topic, name)


def cursor(database: Database) -> int:
    with database.reading() as connection:
        return current_cursor(connection)


def since(database: Database, cursor: int) -> list[Change] | None:
    with database.reading() as connection:
        return changes_since(connection, cursor)


def test_what_is_in_use_at_the_end_is_closed_behind_its_use(database: Database) -> None:
    with database.reading() as connection:
        database.close()
        raw = connection.connection.dbapi_connection
        assert raw is not None
        assert connection.scalar(text("SELECT 1")) == 1
    with pytest.raises(Exception, match="closed"):
        raw.cursor().execute("SELECT 1")


def test_schema_is_brought_up_to_date_once(database: Database) -> None:
    database.open()
    with database.reading() as connection:
        assert revision_of(connection) == head()


def test_several_processes_may_open_an_empty_database_at_once(tmp_path: Path) -> None:
    with postgresql_database() as url:
        for address in ("", url):
            databases = [Database(tmp_path / "home", address) for _ in range(4)]
            threads = [threading.Thread(target=each.open) for each in databases]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for each in databases:
                assert cursor(each) == 0
                each.close()


def test_block_that_raises_changes_nothing(database: Database) -> None:
    with contextlib.suppress(ZeroDivisionError), database.writing() as connection:
        note_change(connection, "registry", "shop")
        raise ZeroDivisionError
    assert since(database, 0) == []


def test_reader_sees_one_state(database: Database) -> None:
    with database.reading() as connection:
        before = current_cursor(connection)
        note(database)
        assert current_cursor(connection) == before
    assert cursor(database) == before + 1


def test_database_of_a_newer_version_is_refused(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_future'"))
    with pytest.raises(DatabaseError, match="newer version") as caught:
        database.open()
    assert caught.value.code == "database.newer"


def test_sqlite_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    database = Database(tmp_path / "home")
    database.open()
    assert {stat.S_IMODE(os.stat(file).st_mode) for file in (tmp_path / "home").iterdir()} == {0o600}
    database.close()


def test_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError) as caught:
        Database(tmp_path / "file" / "home").open()
    assert caught.value.code == "database.unavailable"


@pytest.mark.parametrize("url", ["mysql://root@localhost/test", "no address"])
def test_address_that_cannot_be_used_is_told_without_a_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        Database(tmp_path, url)
    assert caught.value.code == "database.url"


def test_server_that_does_not_answer_is_told_without_the_password(tmp_path: Path) -> None:
    database = Database(tmp_path, "postgresql://postgres:geheim@127.0.0.1:1/none")
    with pytest.raises(DatabaseError) as caught:
        database.open()
    assert caught.value.code == "database.unavailable"
    assert "geheim" not in str(caught.value)
    database.close()


def test_changes_come_in_order_and_once(database: Database) -> None:
    note(database, "registry", "shop")
    seen = cursor(database)
    note(database, "sandbox", "ann/shop")
    note(database, "registry", "bank")
    changes = since(database, seen)
    assert changes is not None
    assert [(each.topic, each.name) for each in changes] == [("sandbox", "ann/shop"), ("registry", "bank")]
    assert since(database, changes[-1].id) == []


def test_cursor_whose_change_is_gone_says_that_everything_may_have_changed(database: Database) -> None:
    note(database)
    seen = cursor(database)
    with database.writing() as connection:
        connection.execute(text("DELETE FROM changes"))
    assert since(database, seen) is None


def test_concurrent_changes_are_all_seen(database: Database) -> None:
    threads = [threading.Thread(target=note, args=(database, "registry", str(number))) for number in range(16)]
    for thread in threads:
        thread.start()
    seen: list[str] = []
    at = 0
    while len(seen) < 16:
        changes = since(database, at)
        assert changes is not None
        seen += [each.name for each in changes]
        at = changes[-1].id if changes else at
    for thread in threads:
        thread.join()
    assert sorted(seen, key=int) == [str(number) for number in range(16)]


def test_watch_wakes_at_a_change(database: Database) -> None:
    watch = ChangeWatch(database)
    assert watch.wait(30)
    at = cursor(database)
    threading.Thread(target=note, args=(database,)).start()
    while not since(database, at):
        assert watch.wait(30)
    watch.close()
    assert not watch.wait(30)


def test_watch_goes_on_while_the_database_is_away(tmp_path: Path) -> None:
    watch = ChangeWatch(Database(tmp_path / "nothing", "postgresql://postgres@127.0.0.1:1/none"))
    assert watch.wait(0.01)
    assert watch.wait(0.01)
    watch.close()
