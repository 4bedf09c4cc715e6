from airdock.connectors.http.caching.asking import Memory, marked
from airdock.connectors.http.caching.store import Store
from airdock.connectors.http.whole import WholeAnswer
from airdock.engine.clock import LoopClock


def test_what_serves_one_request_alone_is_remembered_for_a_bounded_number() -> None:
    memory = Memory(LoopClock(), False, Store(1000), 0.0)
    for number in range(1001):
        memory.learn((str(number), ()), shared=False)
    assert (memory.passes(("0", ())), memory.passes(("1000", ()))) == (False, True)
    memory.learn(("1000", ()), shared=True)
    assert not memory.passes(("1000", ()))


def test_marks_stand_behind_those_of_others() -> None:
    for before, after in [(None, "airdock; hit"), ("a; hit", ["a; hit", "airdock; hit"]), (["a", "b"], ["a", "b"])]:
        answer = marked(WholeAnswer(200, {} if before is None else {"cache-status": before}, b""), "hit")
        assert answer.headers["cache-status"] == (after if before != after else ["a", "b", "airdock; hit"])
