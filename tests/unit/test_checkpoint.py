"""What is noted of an exchange when a step fails."""

from airdock.checkpoint import ENDING, Checkpoint
from airdock.exchange import Exchange, Run
from airdock.response import ABSENT


def test_what_changes_afterwards_is_not_seen() -> None:
    exchange = Exchange(Run("id", "f"))
    exchange.properties["a"] = 1
    exchange.headers["h"] = "v"
    exchange.response.write("x")
    exchange.response.headers["k"] = "w"
    exchange.document["loop"] = {"index": 2}
    point = Checkpoint.taken("3.1", exchange)
    exchange.properties["a"] = 2
    del exchange.headers["h"]
    exchange.body = "later"
    exchange.response.discard()
    assert (point.steps, point.properties, point.headers, point.scopes) == (
        ["3.1"],
        {"a": 1},
        {"h": "v"},
        {"loop": {"index": 2}},
    )
    assert (point.body_set, point.body) == (False, None)
    assert (point.parts, point.response_headers, point.response_body) == (["x"], {"k": "w"}, ABSENT)


def test_steps_around_it_come_later_and_the_end_has_none() -> None:
    point = Checkpoint.taken("3.1", Exchange(Run("id", "f")))
    point.around("3")
    assert point.steps == ["3.1", "3"]
    ENDING.around("3")
    assert ENDING.steps == []
