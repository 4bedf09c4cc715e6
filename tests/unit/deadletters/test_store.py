from pathlib import Path

import pytest

from airdock.database import Database, changes_since, current_cursor
from airdock.deadletters import TOPIC, Bounds, Content, Death, Filter, LetterError, LetterStore
from airdock.secrets import Sealing

ORDERS, NIGHTLY = "shop/orders.listener", "~ann/stock/nightly.listener"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database, tmp_path: Path, clock: Clock) -> LetterStore:
    return LetterStore(database, Sealing(tmp_path, purpose="deadLetters"), Bounds(age=500, size=10_000), clock)


def content(body: object = b"x", id: str = "", **fields: object) -> Content:
    return Content(body=body, id=id, **fields)  # type: ignore[arg-type]


def death(code: str = "shop.closed", at: float = 1000.0) -> Death:
    return Death(code=code, message="it is closed", run="run-1", attempts=5, arrived=990.0, at=at)


def test_a_letter_has_all_that_arrived(store: LetterStore, tmp_path: Path) -> None:
    kept = content({"n": 2**70, "b": b"\xff"}, "a", key="k", headers={"x": "1"}, content_type="t/t", about={"q": 1})
    id = store.put(ORDERS, "message", kept, death())
    letter = store.get(id)
    assert letter.content == kept
    assert letter.death == death()
    assert (letter.listener, letter.project, letter.owner, letter.source) == (ORDERS, "shop", "", "message")
    assert (letter.state, letter.revision, letter.content_type) == ("dead", 1, "t/t")
    with pytest.raises(LetterError) as caught:
        store.get("0")
    assert caught.value.code == "deadLetters.missing"


def test_what_arrived_is_sealed(tmp_path: Path) -> None:
    database = Database(tmp_path / "home")
    database.open()
    store = LetterStore(database, Sealing(tmp_path, purpose="deadLetters"))
    store.put(ORDERS, "message", content("very private", "private-id", headers={"h": "private-header"}), death())
    for file in (tmp_path / "home").iterdir():
        assert b"private" not in file.read_bytes()
    database.close()


def test_what_no_bytes_can_stand_for_is_told(store: LetterStore) -> None:
    letter = store.get(store.put(ORDERS, "message", content(object(), "a"), death()))
    assert ("is not kept" in letter.content.body, letter.content.whole) == (True, False)
    kept = store.get(store.put(ORDERS, "message", content("x", about={"odd": object()}), death()))
    assert (kept.content.body, list(kept.content.about), kept.content.whole) == ("x", ["odd"], True)
    told = store.get(store.put(ORDERS, "file", content(object(), about={"path": "in/a.csv"}), death()))
    assert (told.content.about, told.content.whole) == ({"path": "in/a.csv"}, False)


def test_one_message_is_one_letter(store: LetterStore) -> None:
    first = store.put(ORDERS, "message", content("x", "a"), death())
    again = store.put(ORDERS, "message", content("x", "a"), death("shop.gone"))
    others = {store.put(NIGHTLY, "message", content("x", "a"), death()) for _ in range(2)}
    unnamed = {store.put(ORDERS, "message", content("x"), death()) for _ in range(2)}
    assert (first, len(others), len(unnamed)) == (again, 1, 2)
    letter = store.get(first)
    assert (letter.death.code, letter.revision) == ("shop.gone", 2)


def test_letters_are_listed_newest_first_by_what_is_asked(store: LetterStore) -> None:
    ids = [store.put(ORDERS if n % 2 else NIGHTLY, "m", content(n), death(f"a.c{n}", 1000.0 + n)) for n in range(6)]

    def found(limit: int = 100, before: str | None = None, **wanted: object) -> list[int]:
        return [ids.index(each.id) for each in store.page(Filter(**wanted), limit, before)]  # type: ignore[arg-type]

    assert found() == [5, 4, 3, 2, 1, 0]
    assert found(2) == [5, 4]
    assert found(2, ids[4]) == [3, 2]
    assert found(listener=ORDERS) == [5, 3, 1]
    assert found(project="stock") == [4, 2, 0]
    assert found(code="c3") == [3]
    assert found(code="%") == []
    assert found(since=1002.0, until=1004.0) == [3, 2]
    assert found(ids=(ids[1], ids[2])) == [2, 1]
    assert store.counts() == {ORDERS: 3, NIGHTLY: 3}


def test_letters_are_sent_again(store: LetterStore, database: Database, clock: Clock) -> None:
    ids = [store.put(ORDERS, "m", content(n), death()) for n in range(3)]
    with database.reading() as connection:
        cursor = current_cursor(connection)
    assert store.waiting() == []
    assert store.send(Filter(listener=ORDERS), lambda letter: letter.id != ids[1]) == 2
    with database.reading() as connection:
        changes = changes_since(connection, cursor) or []
    assert [(change.topic, change.name) for change in changes] == [(TOPIC, ORDERS)]
    assert store.waiting() == [ORDERS]
    assert [letter.content.body for letter in store.take(ORDERS, 10)] == [0, 2]
    assert (store.take(ORDERS, 10), store.waiting()) == ([], [])
    assert store.send(Filter()) == 1
    store.done(ids[0])
    store.died_again(ids[2], death("shop.gone"))
    store.give_back(ids[2])
    letter = store.get(ids[2])
    assert (letter.state, letter.death.code) == ("dead", "shop.gone")
    assert ids[0] not in [each.id for each in store.page(Filter(), 10)]


def test_letters_of_a_process_that_is_gone_are_taken_by_another(store: LetterStore, clock: Clock) -> None:
    ids = [store.put(ORDERS, "m", content(n), death()) for n in range(2)]
    store.send(Filter())
    store.take(ORDERS, 10)
    clock.now += 40
    store.renew(ids[0])
    clock.now += 40
    assert [letter.id for letter in store.take(ORDERS, 10)] == [ids[1]]
    store.give_back(ids[1])
    assert store.waiting() == [ORDERS]


def test_a_letter_is_edited_by_who_read_it_last(store: LetterStore) -> None:
    id = store.put(ORDERS, "m", content("x", "a"), death())
    store.edit(id, content("y", "a", content_type="text/plain"), 1)
    letter = store.get(id)
    assert (letter.content.body, letter.content_type, letter.revision) == ("y", "text/plain", 2)
    with pytest.raises(LetterError, match="was changed") as caught:
        store.edit(id, content("z"), 1)
    assert caught.value.code == "deadLetters.busy"
    store.send(Filter())
    store.take(ORDERS, 1)
    with pytest.raises(LetterError):
        store.edit(id, content("z"), 2)
    assert store.discard(Filter()) == 0


def test_letters_are_discarded(store: LetterStore) -> None:
    ids = [store.put(ORDERS, "m", content(n), death(f"a.{n}")) for n in range(4)]
    assert store.discard(Filter(ids=(ids[0],))) == 1
    assert store.discard(Filter(code="a.2")) == 1
    assert [each.id for each in store.page(Filter(), 10)] == [ids[3], ids[1]]


def test_nothing_is_kept_beyond_the_bounds(store: LetterStore, clock: Clock) -> None:
    store.put(ORDERS, "m", content(b"x" * 6000), death())
    with pytest.raises(LetterError) as caught:
        store.put(ORDERS, "m", content(b"x" * 6000), death())
    assert caught.value.code == "deadLetters.full"
    clock.now += 501
    store.put(ORDERS, "m", content(b"x" * 6000), death(at=clock.now))
    assert len(store.page(Filter(), 10)) == 1
