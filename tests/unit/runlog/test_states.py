from collections.abc import Callable

from tests.unit.runlog.books import Book

KEY = ("p/f.flow", "bank")


def test_states_of_steps_are_kept_while_the_process_lives(open_book: Callable[..., Book]) -> None:
    states = {KEY: "closed", ("p/g.flow", "2"): "open"}
    one, other = open_book(), open_book()
    one.log.watch(lambda: states)
    other.log.watch(lambda: {KEY: "closed"})
    assert one.log.flush()
    assert other.log.flush()
    assert one.store.states() == {(*KEY, "closed"): 2, ("p/g.flow", "2", "open"): 1}
    states = {KEY: "open"}
    assert one.log.flush()
    assert one.store.states() == {(*KEY, "closed"): 1, (*KEY, "open"): 1}
    one.log.close()
    assert other.store.states() == {(*KEY, "closed"): 1}
