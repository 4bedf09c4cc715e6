"""Times and ids."""

from hypothesis import given
from hypothesis import strategies as st
from uuid_utils import uuid7

from airdock.runlog.records import id_at, start_of


@given(st.integers(0, 2**42))
def test_the_first_id_of_a_time_began_then(milliseconds: int) -> None:
    id = id_at(milliseconds / 1000)
    assert len(id) == 16
    assert round(start_of(id).timestamp() * 1000) == milliseconds


@given(st.floats(-1e20, 1e20))
def test_any_time_has_an_id(unix: float) -> None:
    assert len(id_at(unix)) == 16


def test_ids_made_later_are_behind_the_first_id_of_their_time() -> None:
    id = uuid7().bytes
    assert id_at(start_of(id).timestamp()) <= id
