from hypothesis import given
from hypothesis import strategies as st

from airdock.connectors.kafka.partitions import AHEAD, Partition, read_note
from airdock.spec.trigger import Arrival

MOVES = st.lists(st.tuples(st.sampled_from(["give", "finish", "commit", "die"]), st.integers(0, 30)), max_size=200)


@given(MOVES)
def test_nothing_is_passed_over_and_what_was_given_is_known(moves: list[tuple[str, int]]) -> None:
    """A partition with gaps, as compaction makes them, whose member dies now and then."""
    log = [offset for offset in range(3000) if offset % 7]
    group: tuple[int, str] | None = None
    given_ever: set[int] = set()
    finished: set[int] = set()
    partition = Partition(0, group)
    open_: list[int] = []
    for move, which in moves:
        if move == "give":
            offset = next(each for each in log if each >= partition.next)
            if not partition.is_noted(offset):
                partition.note(offset)
                group = _commit(partition, group)
            assert offset not in given_ever or offset < partition.may_be_known
            given_ever.add(offset)
            partition.gave(offset, Arrival(b""))
            open_.append(offset)
        elif move == "finish" and open_:
            offset = open_.pop(which % len(open_))
            finished.add(offset)
            partition.done(offset)
        elif move == "commit":
            group = _commit(partition, group)
        elif move == "die":
            partition, open_ = Partition(group[0] if group else 0, group), []
        assert partition.open == len(open_)
        committed = group[0] if group else 0
        assert all(each in finished for each in log if each < committed)
        assert partition.unsaved is None or partition.unsaved[0] >= committed


def _commit(partition: Partition, before: tuple[int, str] | None) -> tuple[int, str] | None:
    unsaved = partition.unsaved
    if unsaved is None:
        return before
    partition.saved(unsaved)
    return unsaved


def test_what_is_in_hand_goes_on_where_nobody_went_further() -> None:
    partition = Partition(5, (5, ""))
    for offset in (5, 6, 7):
        partition.gave(offset, Arrival(b""))
    partition.done(5)
    # What was committed last may not have been confirmed.
    assert [partition.goes_on(committed) for committed in (4, 5, 6, 7)] == [False, True, True, False]
    assert partition.span == 2
    assert not Partition(5).goes_on(5)


def test_what_goes_to_others_is_withdrawn() -> None:
    partition, arrivals = Partition(0), [Arrival(b""), Arrival(b"")]
    for offset, arrival in enumerate(arrivals):
        partition.gave(offset, arrival)
    partition.done(0)
    partition.withdraw()
    assert [arrival.withdrawn for arrival in arrivals] == [False, True]
    assert partition.open == 0


def test_notes() -> None:
    partition = Partition(3)
    partition.note(3)
    assert partition.unsaved == (3, f"airdock:{3 + AHEAD}")
    partition.rest()
    assert partition.unsaved == (3, "airdock:3")
    assert read_note("airdock:7") == 7
    for other in ("", "7", "airdock:x", "airdock:-1", None, "airdock:" + "9" * 30):
        assert read_note(other) == 0
