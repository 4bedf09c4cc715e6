"""What listeners rely on, and that what they are tested with keeps the same promises."""

from pathlib import Path

import pytest

from airdock.database import Database
from airdock.deadletters import Bounds, Content, DeadLetters, Death, Filter, LetterStore, StoredLetters
from airdock.errors import FlowError
from airdock.secrets import Sealing
from tests.unit.triggers.listener.letters import MemoryLetters

NAME = "shop/orders.listener"
DEATH = Death(code="shop.closed", message="it is closed", attempts=2)


class World:
    """Letters, and a person who has them sent again."""

    def __init__(self, kind: str, database: Database, home: Path) -> None:
        self.store = LetterStore(database, Sealing(home, purpose="deadLetters"), Bounds(size=100_000))
        self.memory = MemoryLetters()
        self.in_memory = kind == "memory"
        self.letters: DeadLetters = self.memory if self.in_memory else StoredLetters(self.store)

    def send(self) -> None:
        if self.in_memory:
            for id in self.memory.letters:
                self.memory.queue(id)
        else:
            self.store.send(Filter())


@pytest.fixture(params=["memory", "stored"])
def world(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> World:
    return World(request.param, database, tmp_path)


async def test_letters_go_round(world: World) -> None:
    letters = world.letters
    for body, id in (("x", "a"), ("y", "b"), ("y", "b")):
        await letters.put(NAME, "message", Content(body=body, id=id), DEATH)
    assert await letters.waiting() == []
    world.send()
    assert await letters.waiting() == [NAME]
    (first,) = await letters.take(NAME, 1)
    (second,) = await letters.take(NAME, 5)
    assert [first.content.body, second.content.body] == ["x", "y"]
    assert (await letters.take(NAME, 5), await letters.waiting()) == ([], [])
    await letters.renew(first.id)
    await letters.give_back(first.id)
    assert await letters.waiting() == [NAME]
    (again,) = await letters.take(NAME, 5)
    await letters.done(again.id)
    await letters.died_again(second.id, Death(code="shop.gone", message="it is gone"))
    world.send()
    (last,) = await letters.take(NAME, 5)
    assert (last.content.id, last.death.code) == ("b", "shop.gone")


async def test_what_cannot_be_kept_is_told_by_a_code(database: Database, tmp_path: Path) -> None:
    letters = StoredLetters(LetterStore(database, Sealing(tmp_path, purpose="deadLetters"), Bounds(size=10)))
    with pytest.raises(FlowError) as caught:
        await letters.put(NAME, "message", Content(body="x"), DEATH)
    assert caught.value.code == "deadLetters.full"


async def test_a_database_that_is_away_is_told_by_a_code(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    letters = StoredLetters(LetterStore(Database(tmp_path / "home"), Sealing(tmp_path, purpose="deadLetters")))
    with pytest.raises(FlowError) as caught:
        await letters.waiting()
    assert caught.value.code == "state.unavailable"


async def test_another_key_is_told_by_a_code(database: Database, tmp_path: Path) -> None:
    store = LetterStore(database, Sealing(tmp_path / "one", purpose="deadLetters"))
    await StoredLetters(store).put(NAME, "message", Content(body="x"), DEATH)
    store.send(Filter())
    other = StoredLetters(LetterStore(database, Sealing(tmp_path / "two", purpose="deadLetters")))
    with pytest.raises(FlowError) as caught:
        await other.take(NAME, 1)
    assert caught.value.code == "state.unreadable"
